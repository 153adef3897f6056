"""The Celery app; its settings are Django's, with the prefix ``CELERY_``."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")

app = Celery("slowfashion_ai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging_as_it_is(**_: Any) -> None:
    """Django has set up logging; without this Celery would silence what is not a warning."""
