"""The web server with a champion, for tests of model versions in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from classifier.models import ModelVersion
from classifier.versions import registry
from tests.databases import database_at, default_database
from tests.servers.system import System

PASSWORD = "a password of the tests"
SET_UP = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("boss", password="{PASSWORD}")
"""
FAINT = (Path(__file__).parent.parent / "faint_texts.js").read_text(encoding="utf-8")
RUNS = "/admin/classifier/retrainrun/"
VERSIONS = "/admin/classifier/modelversion/"


class Site:
    """The web server with a champion; the test itself is the trainer."""

    def __init__(self, folder: Path, blocker: DjangoDbBlocker) -> None:
        self.folder = folder
        self.system = System(folder)
        self._blocker = blocker
        self._database = database_at(f"sqlite:///{folder / 'db.sqlite3'}")

    @contextmanager
    def database(self) -> Iterator[None]:
        with self._blocker.unblock(), default_database(self._database):
            yield

    def champion(self) -> ModelVersion | None:
        with self.database():
            return registry.champion()


def press(page: Page, button: str, then: str) -> None:
    """Press a button of the page's head, and the one that confirms it in the question."""
    page.get_by_role("link", name=button).first.click()
    confirm = page.locator("#dialog button")
    expect(confirm).to_contain_text(then)
    confirm.click()
