"""axe finds nothing on any page: light and dark, wide and on a phone (WCAG 2.2 AA)."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page

from classifier.models import Listing, Review
from tests.integration.review_site import ADMINISTRATOR, OWNER, QUEUE, Site, all_at_rest
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_photo, a_version

pytestmark = pytest.mark.integration

# What is dark differs in its colours alone.
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "light": {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    },
}
WIDTHS: Final = (1280, 390)
SELLERS_PAGES: Final = (
    "/", "/listings/", "/listings/{listing}/", "/listings/{listing}/edit/", "/no/such/page",
    "/api/v1/docs/",
)  # fmt: skip
MODEL_PAGES: Final = (
    "listing", "listingphoto", "modelversion", "review", "retrainrun", "driftday",
)  # fmt: skip
ADMIN_PAGES: Final = (
    "/admin/", QUEUE, "/admin/classifier/review/quality/",
    "/admin/classifier/review/grid/?guess=Shoes", "/admin/auth/user/",
    "/admin/auth/user/add/", "/admin/auth/group/", "/admin/password_change/",
    *(f"/admin/classifier/{name}/" for name in MODEL_PAGES),
    "/admin/classifier/listing/{listing}/change/",
    "/admin/classifier/listingphoto/{photo}/change/",
    "/admin/classifier/modelversion/{version}/change/",
    "/admin/classifier/alarm/", "/admin/auth/user/{user}/change/",
)  # fmt: skip


@pytest.fixture
def rows(site: Site) -> Iterator[dict[str, int]]:
    """A listing with a photo of each outcome, and the administrator; their numbers."""
    with site.database():
        admin = User.objects.get(username=ADMINISTRATOR)
        listing = a_listing("Ankle boots, hardly worn")
        photo = a_photo("Boots", listing=listing, file=True, **FALLBACK)
        a_photo("Shoulder Bags", listing=listing, file=True, **CONFIDENT)
        a_photo("High Heels", listing=listing, file=True, **UNKNOWN)
        numbers = {
            "listing": listing.pk, "photo": photo.pk, "version": a_version().pk, "user": admin.pk,
        }  # fmt: skip
    yield numbers
    with site.database():
        assert Listing.objects.filter(pk=numbers["listing"]).exists()
        assert not Review.objects.exists()


def violations(page: Page, scheme: str) -> list[str]:
    """What axe finds on a page, wide and as on a phone, with the elements that it is about."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        all_at_rest(page)
        for rule in Axe().run(page, options=OPTIONS[scheme]).response["violations"]:
            found += [
                f"{width} {page.url}: {rule['id']}: {node['target']} {node['html'][:160]}"
                for node in rule["nodes"][:3]
            ]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("who", "paths"), [(OWNER, SELLERS_PAGES), (ADMINISTRATOR, ADMIN_PAGES)])
def test_axe_finds_nothing(
    who: str,
    paths: tuple[str, ...],
    scheme: Any,
    site: Site,
    rows: dict[str, int],
    sign_in: Callable[..., BrowserContext],
) -> None:
    """Every page of sellers, moderators and administrators, that of the API too."""
    page = sign_in(who, color_scheme=scheme, reduced_motion="reduce").new_page()
    found = []
    for path in paths:
        address = site.system.address + path.format(**rows)
        answer = page.goto(address, wait_until="networkidle")
        assert answer is not None
        # Not the page to sign in, nor one that says what went wrong.
        assert (page.url, answer.status) == (address, 404 if "no/such" in path else 200)
        found += violations(page, scheme)
    if report := os.environ.get("AXE_REPORT"):
        with Path(report).open("a", encoding="utf-8") as file:
            file.write("".join(f"{scheme} {line}\n" for line in found))
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_nobody_is_signed_in(
    scheme: Any, site: Site, browser: Browser
) -> None:
    """The page to sign in, and the same with a wrong password."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site.system.address}/login/")
    found = violations(page, scheme)
    page.get_by_label("Name").fill("somebody")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    found += violations(page, scheme)
    context.close()
    assert found == []
