"""A listing in a browser: one verdict for all its photos, and one class on the seller's page."""

import os
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Listing
from tests.integration.review_site import OWNER, Site, all_fetched, open_queue, shown, stored
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_photo

pytestmark = pytest.mark.integration

BOOTS = ("subclass", "Shoes", "Boots")


def listing_of(site: Site, *photos: tuple[str, Any]) -> tuple[Listing, list[int]]:
    with site.database():
        listing = a_listing("Boots and a bag")
        rows = [a_photo(sub, listing=listing, file=True, **shares) for sub, shares in photos]
        return listing, [row.pk for row in rows]


@pytest.mark.both_databases
def test_a_key_makes_the_verdict_one_for_all_photos(anna: Page, site: Site) -> None:
    """A, then 4: both photos of the listing are boots, the next listing comes; U takes all back."""
    _, (first, second) = listing_of(site, ("Boots", UNKNOWN), ("Boots", UNKNOWN))
    _, (third,) = listing_of(site, ("Boots", UNKNOWN))
    open_queue(anna, site)
    shown(anna, first)
    all_fetched(anna)
    anna.keyboard.press("a")
    expect(anna.locator("#q-whole")).to_contain_text("for all 2 photos of this listing")
    anna.keyboard.press("4")
    shown(anna, third)
    rows = stored(site, 2)
    assert {row[0] for row in rows} == {first, second}
    assert {row[1:] for row in rows} == {BOOTS}
    # The next photo is alone, so its verdict is its own.
    expect(anna.locator("[data-action=all]")).to_be_disabled()
    anna.keyboard.press("u")
    shown(anna, first)
    assert [row[1] for row in stored(site, 4)].count("undone") == 2


def test_a_contradiction_is_told_where_it_is_decided(anna: Page, site: Site) -> None:
    """The screen asks whether there are two things, and names what the others look like."""
    _, (first, _) = listing_of(site, ("Boots", FALLBACK), ("Clutches", CONFIDENT))
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.locator("#q-contradiction")).to_contain_text(
        "Other photos look like Bags › Clutches"
    )


@pytest.mark.on_postgresql
def test_the_sellers_page_shows_one_class(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Photos that agree have one class and its confidence; those that do not are said to differ."""
    page = sign_in(OWNER).new_page()
    agreed, _ = listing_of(site, ("Boots", CONFIDENT), ("Boots", CONFIDENT))
    differing, _ = listing_of(site, ("Boots", CONFIDENT), ("Clutches", CONFIDENT))
    for listing, words in (
        (agreed, "from all photos, 95 % sure"),
        (differing, "Two things"),
    ):
        page.goto(f"{site.system.address}/listings/{listing.pk}/")
        for width, scheme in product((1280, 390), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
            expect(page.get_by_text(words)).to_be_visible()
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=f"{folder}/class-{listing.pk}-{scheme}-{width}.png")
