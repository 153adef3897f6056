"""Guidelines one key away, and a newcomer's first photos, in a browser."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Guideline, ListingPhoto, PracticeVerdict, Review
from classifier.review import direct, verdicts
from classifier.review.guidance import guidelines, practice
from tests.classifier.reviewing import BOOTS
from tests.integration.review_site import (
    ADMINISTRATOR,
    OWNER,
    Site,
    open_queue,
    shown,
    stored,
)

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


def golden(site: Site, photo: int) -> None:
    """Settle a photo as boots in ben's name; newcomers practise on it, and it is an example."""
    with site.database():
        row, ben = ListingPhoto.objects.get(pk=photo), User.objects.get(username="ben")
        made = verdicts.review_of(row, moderator=ben, verdict=BOOTS, key=uuid4())
        direct.store_direct(made)
        practice.use_as_golden(row, by=ben)
        guidelines.use_as_example(row)
        Guideline.objects.update(text="The shaft covers the ankle, said the lead.")


@pytest.mark.both_databases
def test_a_newcomer_reads_the_guidelines_practises_and_is_told(anna: Page, site: Site) -> None:
    """G shows lines and examples; the answer to a golden photo comes at once, the queue after."""
    settled, waiting = site.photos(2)
    golden(site, settled)
    open_queue(anna, site)
    shown(anna, settled)
    expect(anna.locator("#q-mark")).to_have_text("For practice: settled already")
    anna.keyboard.press("g")
    guide = anna.locator("#q-guide")
    expect(guide.get_by_text("The shaft covers the ankle, said the lead.")).to_be_visible()
    expect(guide.get_by_alt_text("Example of Boots")).to_be_visible()
    # No verdict comes of a key while it is read.
    anna.keyboard.press("5")
    anna.keyboard.press("g")
    expect(guide).to_be_hidden()
    anna.keyboard.press("s")
    expect(anna.get_by_text("Decide on this one")).to_be_visible()
    anna.keyboard.press("5")
    told = anna.locator("#q-feedback")
    wrong = "It is settled as Shoes › Boots; you said Shoes › Flats"
    expect(told.get_by_role("heading", name=wrong)).to_be_visible()
    expect(told.get_by_text("The shaft covers the ankle, said the lead.")).to_be_visible()
    anna.keyboard.press("Enter")
    shown(anna, waiting)
    anna.keyboard.press("4")
    assert stored(site, 2)[1] == (waiting, "subclass", "Shoes", "Boots")
    with site.database():
        row = PracticeVerdict.objects.get()
        assert (row.photo_id, row.sub, row.is_right) == (settled, "Flats", False)
        assert Review.objects.filter(photo=settled).count() == 1


@pytest.mark.both_databases
def test_a_guideline_is_changed_in_the_admin_and_read_in_the_queue(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """By the link under the lines; then the photo is settled, and its page tells its history."""
    (photo,) = site.photos(1)
    page = sign_in(ADMINISTRATOR, base_url=site.system.address).new_page()
    open_queue(page, site)
    shown(page, photo)
    page.keyboard.press("g")
    page.get_by_role("link", name="Change the guidelines").click()
    page.get_by_role("link", name="Add guideline").first.click()
    page.get_by_label("Class").select_option(label="Boots")
    page.get_by_label("Text").fill("The shaft covers the ankle, also where it is cut out.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully").first).to_be_visible()

    open_queue(page, site)
    shown(page, photo)
    page.keyboard.press("g")
    guide = page.locator("#q-guide")
    expect(guide.get_by_text("The shaft covers the ankle, also where it is cut")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("4")
    stored(site, 1)
    page.goto(f"/admin/classifier/listingphoto/{photo}/change/")
    history = page.locator(".m-reviews li")
    expect(history).to_contain_text([
        f"{OWNER} sent the photo", "tagged it", f"{ADMINISTRATOR} settled it as Shoes › Boots",
    ])  # fmt: skip
    page.get_by_role("link", name="Review this photo").click()
    shown(page, photo)
    page.keyboard.press("5")
    stored(site, 2)
    page.goto(f"/admin/classifier/listingphoto/{photo}/change/")
    expect(history).to_have_count(4)
    expect(history.last).to_contain_text("Shoes › Flats (chosen by the moderator)")


def test_fingers_practise_on_a_phone(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """A right answer is said to be right, and nothing leaves the screen."""
    (settled,) = site.photos(1)
    golden(site, settled)
    phone = sign_in("cleo", viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    open_queue(phone, site)
    shown(phone, settled)
    phone.get_by_role("button", name="Guidelines").tap()
    phone.locator("#q-guide").get_by_role("button", name="Close").tap()
    phone.get_by_role("button", name="Boots", exact=True).tap()
    expect(phone.get_by_role("heading", name="Right: Shoes › Boots")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Next photo").tap()
    expect(phone.locator("#queue")).to_have_attribute("data-state", "empty")
