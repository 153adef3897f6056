"""Addresses and buttons of a site with a champion, for tests of model versions in a browser."""

from pathlib import Path

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from classifier.models import ModelVersion
from classifier.versions import registry
from tests.integration.review_site import PASSWORD, Site
from tests.servers.prepared import hashed

FAINT = (Path(__file__).parent.parent / "faint_texts.js").read_text(encoding="utf-8")
RUNS = "/admin/classifier/retrainrun/"
VERSIONS = "/admin/classifier/modelversion/"


def make_boss() -> None:
    """Make an administrator."""
    User.objects.create(
        username="boss", password=hashed(PASSWORD), is_staff=True, is_superuser=True
    )


def present_champion(site: Site) -> ModelVersion | None:
    with site.database():
        return registry.champion()


def press(page: Page, button: str, then: str) -> None:
    """Press a button of the page's head, and the one that confirms it in the question."""
    page.get_by_role("link", name=button).first.click()
    confirm = page.locator("#dialog button")
    expect(confirm).to_contain_text(then)
    confirm.click()
