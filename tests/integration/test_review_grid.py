"""The grid in a browser: exceptions by mouse, keys and touch, the rest in one go, and undo."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from classifier.models import PhotoEmbedding, Review
from tests.classifier.ml.embeddings.test_similarity import near
from tests.integration.review_site import Site
from tests.tagged_photos import FALLBACK, a_version

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)
GRID = "/admin/classifier/review/grid/?tag=Shoes&resembles=Boots"


def alike(site: Site, photos: list[int], direction: int) -> None:
    """Make photos look alike to the network."""
    rng = random.Random(direction)  # noqa: S311  # no secret
    with site.database():
        for photo in photos:
            PhotoEmbedding.objects.create(
                photo_id=photo, model_version=a_version(), vector=near(direction, rng=rng)
            )


def settled(site: Site) -> dict[int | None, str]:
    """The label of every photo that is settled."""
    with site.database():
        return {review.photo_id: review.label for review in Review.objects.final()}


def tick_box(page: Page, photo: int) -> Locator:
    return page.locator(f"[name=photo][value='{photo}']")


@pytest.mark.both_databases
def test_the_rest_is_set_in_one_go_and_undone(anna: Page, site: Site) -> None:
    """Click the exception, set the others; the filters stay, *Undo* takes all of it back."""
    photos = site.photos(5, **FALLBACK)
    alike(site, photos[:3], 1)
    anna.goto(site.system.address + GRID)
    expect(anna.get_by_role("heading", name="3 look alike")).to_be_visible()
    expect(anna.get_by_role("heading", name="2 like no others")).to_be_visible()
    set_them = anna.locator("#g-set")
    expect(set_them).to_have_text("Set 5 photos")
    tick_box(anna, photos[4]).click()
    expect(set_them).to_have_text("Set 4 photos")
    set_them.click()
    expect(anna.get_by_text("4 photos set to Shoes › Boots.")).to_be_visible()
    assert anna.url == site.system.address + GRID
    assert settled(site) == dict.fromkeys(photos[:4], "Shoes › Boots")
    expect(anna.locator("[name=photo]")).to_have_count(1)
    anna.locator("form[data-undo] button").click()
    expect(anna.get_by_text("Undone: 4 photos.")).to_be_visible()
    expect(anna.locator("[name=photo]")).to_have_count(5)
    assert anna.url == site.system.address + GRID
    assert settled(site) == {}
    # One group, by its own button, as another class.
    anna.locator("#g-verdict").select_option("Bad photo")
    anna.get_by_role("button", name="Set these alone").first.click()
    expect(anna.get_by_text("3 photos set to Bad photo.")).to_be_visible()
    assert settled(site) == dict.fromkeys(photos[:3], "Bad photo")


def test_keys_do_it_without_a_mouse(anna: Page, site: Site) -> None:
    """Arrows, Space, the queue's keys, Enter and U; other tags are chosen from the menu."""
    photos = site.photos(3, **FALLBACK)
    anna.goto(f"{site.system.address}/admin/classifier/review/grid/")
    anna.get_by_label("Tagged").select_option("Shoes")
    expect(anna.locator("#g-set")).to_have_text("Set 3 photos")
    anna.keyboard.press("ArrowRight")
    expect(tick_box(anna, photos[2])).to_be_focused()
    anna.keyboard.press("ArrowRight")
    anna.keyboard.press("Space")
    expect(anna.locator("#g-set")).to_have_text("Set 2 photos")
    anna.keyboard.press("i")
    expect(anna.locator("#g-set")).to_have_text("Set 1 photo")
    anna.keyboard.press("5")
    anna.keyboard.press("Enter")
    expect(anna.get_by_text("1 photo set to Shoes › Flats.")).to_be_visible()
    assert settled(site) == {photos[1]: "Shoes › Flats"}
    anna.keyboard.press("u")
    expect(anna.get_by_text("Undone: 1 photo.")).to_be_visible()
    assert settled(site) == {}


def test_fingers_do_it_on_a_phone(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """A tap leaves a photo out, nothing leaves the screen, and the bar stays in reach."""
    photos = site.photos(4, **FALLBACK)
    phone = sign_in("anna", viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    phone.goto(site.system.address + GRID)
    expect(phone.locator("#g-set")).to_have_text("Set 4 photos")
    tick_box(phone, photos[3]).tap()
    expect(phone.locator("#g-set")).to_have_text("Set 3 photos")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(phone.locator("#g-set")).to_be_in_viewport()
    phone.locator("#g-set").tap()
    expect(phone.get_by_text("3 photos set to Shoes › Boots.")).to_be_visible()
    assert set(settled(site)) == set(photos[:3])
