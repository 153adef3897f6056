"""The seller's answer to "Which kind?" in a browser: one tap, saved in place, then gone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import ListingPhoto, Suggestion
from tests.integration.review_site import OWNER, Site
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_photo

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

MISPLACED = (Path(__file__).parent / "misplaced.js").read_text(encoding="utf-8")
SMALL = (Path(__file__).parent / "small_targets.js").read_text(encoding="utf-8")


@pytest.fixture
def listing(site: Site) -> ListingPhoto:
    """A listing with a photo of each outcome; the first is asked about."""
    with site.database():
        listing = a_listing("Ankle boots, hardly worn")
        first = a_photo("Boots", listing=listing, file=True, **FALLBACK)
        a_photo("Shoulder Bags", listing=listing, file=True, **CONFIDENT)
        a_photo("High Heels", listing=listing, file=True, **UNKNOWN)
    return first


@pytest.fixture
def phone(site: Site, sign_in: Callable[..., BrowserContext]) -> Page:
    return sign_in(OWNER, **PHONE).new_page()


def suggestions(site: Site) -> list[tuple[str, str | None]]:
    with site.database():
        return list(Suggestion.objects.values_list("main", "sub"))


@pytest.mark.parametrize(
    ("button", "stored"),
    [
        ("Boots", ("Shoes", "Boots")),
        pytest.param("None of these", ("Shoes", None), marks=pytest.mark.on_postgresql),
    ],
)
def test_one_tap_answers_in_place(
    button: str, stored: tuple[str, str | None], phone: Page, site: Site, listing: ListingPhoto
) -> None:
    """A tap saves the answer without leaving the page, and the question is gone."""
    phone.goto(f"{site.system.address}/listings/{listing.listing_id}/")
    phone.evaluate("window.stayed = true")
    question = phone.get_by_text("Looks like a pair of shoes. Which kind?")
    expect(question).to_be_visible()
    phone.get_by_role("button", name=button, exact=True).tap()
    label = " › ".join(filter(None, stored))
    expect(phone.locator(".own-answer")).to_contain_text(f"You said: {label}.")
    expect(question).to_have_count(0)
    expect(phone.get_by_role("button", name=button, exact=True)).to_have_count(0)
    assert phone.evaluate("window.stayed") is True
    assert suggestions(site) == [stored]


@pytest.mark.on_postgresql
def test_an_answer_can_be_changed(phone: Page, site: Site, listing: ListingPhoto) -> None:
    """The form behind "Change your answer" saves in place, too."""
    phone.goto(f"{site.system.address}/listings/")
    phone.get_by_role("button", name="Flats", exact=True).tap()
    phone.get_by_text("Change your answer").tap()
    tag = phone.locator(".tag", has_text="You said")
    tag.get_by_label("It shows").select_option("Boots")
    tag.get_by_role("button", name="Save").tap()
    expect(phone.locator(".own-answer")).to_contain_text("You said: Shoes › Boots.")
    assert suggestions(site) == [("Shoes", "Boots")]


def test_an_answer_that_cannot_be_saved_says_so(
    phone: Page, site: Site, listing: ListingPhoto
) -> None:
    """Offline the question stays with a sentence below; the same tap works once back."""
    phone.goto(f"{site.system.address}/listings/{listing.listing_id}/")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Boots", exact=True).tap()
    expect(phone.get_by_role("alert")).to_contain_text("The connection broke.")
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Boots", exact=True).tap()
    expect(phone.locator(".own-answer")).to_be_visible()


@pytest.mark.parametrize("path", ["listings/", "listings/{}/"])
def test_on_a_phone_nothing_overlaps_or_is_too_small(
    path: str, phone: Page, site: Site, listing: ListingPhoto
) -> None:
    """With every form open nothing leaves the screen or lies over another; targets have 44 px."""
    phone.goto(f"{site.system.address}/{path.format(listing.listing_id)}")
    phone.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert phone.evaluate(MISPLACED) == []
    assert phone.evaluate(SMALL) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names no folder.")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_screenshots(
    scheme: Any,
    width: int,
    site: Site,
    listing: ListingPhoto,
    sign_in: Callable[..., BrowserContext],
) -> None:
    """Pictures of the page, for people to look at."""
    size = {"width": width, "height": 844}
    page = sign_in(OWNER, viewport=size, color_scheme=scheme).new_page()
    page.goto(f"{site.system.address}/listings/{listing.listing_id}/")
    page.get_by_text("Say what it is").click()
    page.wait_for_timeout(500)
    page.screenshot(
        path=f"{os.environ['SCREENSHOTS']}/listing-{scheme}-{width}.png", full_page=True
    )
