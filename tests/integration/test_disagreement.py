"""A verdict is talked about, in browsers: reason, the seller's disagreement, another moderator."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Review
from tests.integration.review_site import OWNER, Site, open_queue, shown, stored

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


@pytest.mark.both_databases
def test_the_seller_reads_why_disagrees_and_another_moderator_decides(
    anna: Page, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """R opens the reasons; a key there decides; the seller answers in place, on a phone, once."""
    (photo,) = site.photos(1)
    open_queue(anna, site)
    shown(anna, photo)
    anna.keyboard.press("r")
    anna.get_by_label("One line of your own").fill("Daylight helps.")
    anna.keyboard.press("Enter")
    expect(anna.locator("#q-line")).to_contain_text("“Daylight helps.”")
    anna.keyboard.press("r")
    anna.locator("#q-reasons").get_by_role("button", name="It is too dark or too bright.").focus()
    anna.keyboard.press("5")
    expect(anna.locator("#q-reasons")).to_be_hidden()
    assert stored(site, 1) == [(photo, "bad_photo", None, None)]
    with site.database():
        review = Review.objects.select_related("photo").get()
        assert (review.because, review.note) == ("dark", "Daylight helps.")
        listing = review.photo.listing_id
    seller = sign_in(OWNER, viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    seller.goto(f"{site.system.address}/listings/{listing}/")
    expect(seller.get_by_text("It is too dark or too bright.")).to_be_visible()
    expect(seller.get_by_text("The moderator says: “Daylight helps.”")).to_be_visible()
    seller.get_by_text("I disagree").tap()
    seller.get_by_label("It shows").select_option("Boots")
    seller.get_by_label("One line for the moderator").fill("They are boots.")
    seller.get_by_role("button", name="Ask another moderator").tap()
    expect(seller.locator(".own-answer")).to_contain_text("You disagree: Shoes › Boots.")
    expect(seller.get_by_text("I disagree")).to_have_count(0)
    assert seller.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Not anna, whose verdict it is.
    anna.reload()
    expect(anna.locator("#queue")).to_have_attribute("data-state", "empty")
    ben = sign_in("ben").new_page()
    open_queue(ben, site)
    shown(ben, photo)
    expect(ben.locator("#q-mark")).to_have_text("The seller disagrees")
    expect(ben.locator("#q-disagreement")).to_contain_text("“They are boots.”")
    ben.keyboard.press("4")
    assert stored(site, 2)[1] == (photo, "subclass", "Shoes", "Boots")
    seller.reload()
    expect(seller.get_by_text("another moderator has looked at it")).to_be_visible()
