"""One web server with a champion for all tests of model versions in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from tests.integration.review_site import PASSWORD, Site, running
from tests.integration.versions.site import make_boss


@pytest.fixture(scope="session")
def running_site(untrained_bundle: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with running(django_db_blocker, make_boss) as site:
        site.system.register(untrained_bundle)
        yield site


@pytest.fixture
def site(running_site: Site, settings: Any) -> Site:
    storages = {
        name: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": running_site.folder / folder, "base_url": None},
        }
        for name, folder in (("bundles", "bundles"), ("default", "media"))
    }
    settings.STORAGES = {**settings.STORAGES, **storages}
    return running_site


@pytest.fixture(scope="session")
def signed_in(browser: Browser, running_site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Call it to get a browser window signed in as the boss."""
    first = browser.new_context()
    page = first.new_page()
    page.goto(f"{running_site.system.address}/admin/login/?next=/healthz")
    page.fill("[name=username]", "boss")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/healthz")
    contexts = [first]

    def make(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(storage_state=first.storage_state(), **options))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def boss(site: Site, signed_in: Callable[..., BrowserContext]) -> Page:
    return signed_in().new_page()
