"""One web server for all tests of the review queue in a browser."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from tests.integration.review_site import PASSWORD, SET_UP, Site
from tests.servers.processes import wait_until

if TYPE_CHECKING:
    from classifier.ml.network import HierarchicalResNet


@pytest.fixture(scope="session")
def running_site(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    # Not pytest's own folder: its path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="sf-") as name:
        site = Site(Path(name), django_db_blocker)
        try:
            site.system.set_up()
            site.system.manage("shell", "--command", SET_UP)
            site.system.web.start()
            wait_until(site.system.page_answers, what="the page answers")
            yield site
        finally:
            site.system.kill()


@pytest.fixture
def site(running_site: Site, settings: Any) -> Iterator[Site]:
    settings.REVIEW_SAMPLE_SHARE = 0.0
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": running_site.folder / "media", "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    yield running_site
    running_site.clear()


@pytest.fixture
def rows(
    site: Site, untrained_network: "HierarchicalResNet", settings: Any
) -> Iterator[dict[str, int]]:
    """Rows with which every page has something to show: their numbers, by the model's name."""
    # Here: only who asks for them needs torch.
    from tests.integration.every_page import every_row

    bundles = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": site.folder / "bundles", "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "bundles": bundles}
    with every_row(site, untrained_network) as numbers:
        yield numbers


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The cookies of who has signed in once, by name."""
    return {}


@pytest.fixture
def sign_in(
    browser: Browser, running_site: Site, sessions: dict[str, Any]
) -> Iterator[Callable[..., BrowserContext]]:
    """Call it with a name to get a browser window signed in as that moderator.

    All close with the test: a page left open would take the next test's photos.
    """
    contexts: list[BrowserContext] = []

    def make(name: str, **options: Any) -> BrowserContext:
        if name not in sessions:
            sessions[name] = _session(browser, running_site, name)
        contexts.append(browser.new_context(storage_state=sessions[name], **options))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


def _session(browser: Browser, site: Site, name: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.system.address}/admin/login/?next=/healthz")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/healthz")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def anna(site: Site, sign_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of anna's, closed at the end so that it gives its photos back."""
    page = sign_in("anna").new_page()
    yield page
    page.close()
