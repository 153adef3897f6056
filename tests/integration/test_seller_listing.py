"""A seller changes a listing in a browser: title, deletion, undo."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.integration.review_site import OWNER, Site
from tests.integration.test_seller_answers import MISPLACED, PHONE, SMALL
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, a_photo

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


@pytest.mark.both_databases
def test_title_deletion_and_undo(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """On a phone the title is changed, the listing deleted and brought back, by taps alone."""
    with site.database():
        listing = a_listing("")
        a_photo("Boots", listing=listing, file=True, **CONFIDENT)
    page = sign_in(OWNER, **PHONE).new_page()
    page.goto(f"{site.system.address}/listings/{listing.pk}/")
    page.get_by_text("Change this listing").tap()
    assert page.evaluate(MISPLACED) == []
    assert page.evaluate(SMALL) == []
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/change-390.png", full_page=True)
    page.get_by_label("Title").fill("Ankle boots")
    page.get_by_role("button", name="Save the title").tap()
    expect(page.get_by_role("heading", name="Ankle boots")).to_be_visible()
    page.get_by_text("Change this listing").tap()
    page.get_by_role("button", name="Delete this listing and its photos").tap()
    expect(page.get_by_text("“Ankle boots” is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ankle boots")).to_have_count(0)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/deleted-390.png", full_page=True)
    page.get_by_role("button", name="Undo").tap()
    expect(page.get_by_role("heading", name="Ankle boots")).to_be_visible()
