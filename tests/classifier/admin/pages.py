"""What a person reads on pages of the admin."""

import re

from django.test import Client

from classifier.models import ModelVersion

VERSIONS = "/admin/classifier/modelversion/"


def page_of(client: Client, version: ModelVersion) -> str:
    """What a person reads on the page of a model version."""
    return words(client.get(f"{VERSIONS}{version.pk}/change/").content.decode())


def words(page: str) -> str:
    """What a person reads: without tags, and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
