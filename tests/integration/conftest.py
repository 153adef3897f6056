"""A web server on each database, for all tests of the queue and of sellers' pages in a browser.

A page that a browser draws costs two seconds of processor time, so nothing is done twice without
need: what most of these tests show is the page's own. They run on SQLite, and those marked
`on_postgresql` there instead, so that each thing that people do is done on both: where a test comes
in two languages or with two answers, the second is on PostgreSQL. Those marked `both_databases` run
on each: what the databases could take otherwise, as rows that two people want, or a photo whose
answer was lost. ``pytest --database postgresql tests/integration`` runs all of them there.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from tests.integration.review_site import PASSWORD, Site, make_people, running

if TYPE_CHECKING:
    from classifier.ml.network import HierarchicalResNet


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_name" not in metafunc.fixturenames:
        return
    if chosen := metafunc.config.getoption("--database"):
        metafunc.parametrize("database_name", [chosen], indirect=True)
    elif metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_name", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_name(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test is on."""
    marked = request.node.get_closest_marker("on_postgresql")
    name: str = getattr(request, "param", "postgresql" if marked else "sqlite")
    return name


@pytest.fixture(scope="session")
def running_sites(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[str], Site]]:
    """Call it with a database's name for the site on it, which is started when first asked for."""
    sites: dict[str, Site] = {}
    with ExitStack() as stack:

        def site_on(database: str) -> Site:
            if database not in sites:
                more = {}
                if database == "postgresql":
                    make = request.getfixturevalue("new_postgresql_database")
                    more["DATABASE_URL"] = make("pages")
                sites[database] = stack.enter_context(
                    running(django_db_blocker, make_people, **more)
                )
            return sites[database]

        yield site_on


@pytest.fixture
def running_site(running_sites: Callable[[str], Site], database_name: str) -> Site:
    return running_sites(database_name)


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
def sessions() -> dict[tuple[str, str], Any]:
    """The cookies of who has signed in once, by the site's address and the name."""
    return {}


@pytest.fixture
def sign_in(
    browser: Browser, running_site: Site, sessions: dict[tuple[str, str], Any]
) -> Iterator[Callable[..., BrowserContext]]:
    """Call it with a name to get a browser window signed in as that moderator.

    All close with the test: a page left open would take the next test's photos.
    """
    contexts: list[BrowserContext] = []

    def make(name: str, **options: Any) -> BrowserContext:
        key = running_site.system.address, name
        if key not in sessions:
            sessions[key] = _session(browser, running_site, name)
        contexts.append(browser.new_context(storage_state=sessions[key], **options))
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
