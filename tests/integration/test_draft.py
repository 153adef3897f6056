"""A seller fills a listing in a browser: photo by photo, in order, and then Done."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from classifier.models import Listing, ListingPhoto
from tests.integration.review_site import OWNER, Site
from tests.integration.test_seller_answers import MISPLACED, PHONE, SMALL
from tests.pictures import encoded, jpeg, scene
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, FALLBACK, a_photo

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


def photo(name: str, width: int = 320) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(width)}


def card(page: Page, name: str) -> Locator:
    return page.locator("#photos .card").filter(has=page.locator(f'img[alt="{name}"]'))


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("#photos-chosen").set_input_files(list(files))


def all_sent(page: Page, count: int) -> None:
    expect(page.locator('#photos .card[data-state="sent"]')).to_have_count(count)


def names(page: Page) -> list[str]:
    """The names of the photos on the page, in their order."""
    cards = page.locator('#photos .card:not([data-state="removed"]) img')
    return [str(image.get_attribute("alt")) for image in cards.all()]


def stored(site: Site) -> list[str]:
    """The names of the stored photos that are not removed, the cover first."""
    with site.database():
        return [photo.original_name for photo in ListingPhoto.objects.present()]


@pytest.fixture
def phone(site: Site, sign_in: Callable[..., BrowserContext]) -> Page:
    page = sign_in(OWNER, **PHONE).new_page()
    page.goto(site.system.address)
    return page


@pytest.mark.both_databases
def test_photos_come_one_by_one_and_done_ends_it(phone: Page, site: Site) -> None:
    """Two photos, then a third; the title comes last; Done leads to the listing."""
    choose(phone, photo("front.jpg"), photo("back.jpg"))
    all_sent(phone, 2)
    choose(phone, photo("sole.jpg"))
    all_sent(phone, 3)
    phone.get_by_label("Title").fill("Ankle boots")
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", name="Ankle boots")).to_be_visible()
    expect(phone.get_by_text("This is a draft.")).to_have_count(0)
    assert stored(site) == ["front.jpg", "back.jpg", "sole.jpg"]
    with site.database():
        listing = Listing.objects.get()
        assert (listing.title, listing.is_draft) == ("Ankle boots", False)
    phone.goto(site.system.address)
    expect(phone.locator("#draft")).to_be_hidden()


def test_one_bad_file_takes_no_other_with_it(phone: Page, site: Site, tmp_path: Path) -> None:
    """It says why on its own card; the title stays, the others are sent, and Done works."""
    phone.get_by_label("Title").fill("Ankle boots")
    # Files: what has to reach the browser by way of the test is slow.
    files = [tmp_path / name for name in ("front.jpg", "notes.jpg", "huge.jpg", "back.jpg")]
    for file, content in zip(files, (jpeg(320), b"hello", b"", jpeg(320)), strict=True):
        file.write_bytes(content)
    os.truncate(files[2], 21 * 2**20)
    phone.locator("#photos-chosen").set_input_files(files)
    all_sent(phone, 2)
    expect(card(phone, "notes.jpg").get_by_role("alert")).to_contain_text(
        "notes.jpg: This file is not a photo"
    )
    expect(card(phone, "huge.jpg").get_by_role("alert")).to_contain_text(
        "huge.jpg: The file has 21 MB; at most 20 MB are accepted."
    )
    expect(phone.get_by_label("Title")).to_have_value("Ankle boots")
    card(phone, "notes.jpg").get_by_role("button", name="Remove").tap()
    expect(card(phone, "notes.jpg")).to_have_count(0)
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", name="Ankle boots")).to_be_visible()
    assert stored(site) == ["front.jpg", "back.jpg"]


def test_photos_are_arranged_and_the_cover_chosen(phone: Page, site: Site) -> None:
    """By taps alone: later, make cover; what the page shows is what is stored."""
    choose(phone, photo("a.jpg"), photo("b.jpg"), photo("c.jpg"))
    all_sent(phone, 3)
    phone.get_by_role("button", name="Move later: a.jpg").tap()
    assert names(phone) == ["b.jpg", "a.jpg", "c.jpg"]
    card(phone, "c.jpg").get_by_role("button", name="Make cover").tap()
    expect(card(phone, "c.jpg").get_by_text("Cover", exact=True)).to_be_visible()
    expect(phone.locator("#photos .card").first.locator("img")).to_have_attribute("alt", "c.jpg")
    expect(phone.get_by_role("button", name="Move earlier: c.jpg")).to_be_disabled()
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Listing")
    assert stored(site) == ["c.jpg", "b.jpg", "a.jpg"]


def test_a_removed_photo_comes_back_by_undo(phone: Page, site: Site) -> None:
    """Removed, it leaves a line with Undo, which has the focus and brings it back to its place."""
    choose(phone, photo("a.jpg"), photo("b.jpg"))
    all_sent(phone, 2)
    phone.get_by_role("button", name="Remove a.jpg").tap()
    undo = phone.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert stored(site) == ["b.jpg"]
    undo.tap()
    expect(phone.get_by_role("button", name="Remove a.jpg")).to_be_focused()
    assert stored(site) == names(phone) == ["a.jpg", "b.jpg"]


@pytest.mark.on_postgresql
def test_a_listing_that_is_there_is_changed(phone: Page, site: Site) -> None:
    """Its page leads to the same screen; a photo is added, one removed, the title changed."""
    with site.database():
        listing = a_listing("Boots")
        for name in ("one.jpg", "two.jpg"):
            row = a_photo("Boots", listing=listing, file=True, **CONFIDENT)
            row.original_name = name
            row.save()
    phone.goto(f"{site.system.address}/listings/{listing.pk}/")
    phone.get_by_role("link", name="Add, remove or arrange photos").tap()
    expect(phone.locator('#photos .tag[data-status="classified"]')).to_have_count(2)
    phone.get_by_role("button", name="Remove one.jpg").tap()
    choose(phone, photo("three.jpg"))
    all_sent(phone, 2)
    phone.get_by_label("Title").fill("Ankle boots")
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", name="Ankle boots")).to_be_visible()
    expect(phone.locator(".card")).to_have_count(2)
    assert stored(site) == ["two.jpg", "three.jpg"]


@pytest.mark.on_postgresql
def test_the_same_photo_again_is_noticed(phone: Page, site: Site) -> None:
    """Its card says so, and where the other one is."""
    choose(phone, photo("a.jpg"), photo("again.jpg"))
    all_sent(phone, 2)
    expect(card(phone, "again.jpg")).to_contain_text("already in this listing")
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Listing")
    phone.goto(site.system.address)
    choose(phone, photo("once-more.jpg"))
    link = card(phone, "once-more.jpg").get_by_role("link", name="another listing")
    expect(link).to_have_attribute("href", re.compile(r"/listings/\d+/$"))


def test_a_draft_is_found_among_the_listings(phone: Page, site: Site) -> None:
    """One that was begun on another device is marked there, and gone on with."""
    with site.database():
        listing = a_listing("Boots")
        Listing.objects.update(is_draft=True)
        a_photo("Boots", listing=listing, file=True, **CONFIDENT)
    phone.goto(f"{site.system.address}/listings/")
    expect(phone.get_by_text("Draft", exact=True)).to_be_visible()
    phone.get_by_role("link", name="Boots", exact=True).tap()
    phone.get_by_role("link", name="Go on with it").tap()
    all_sent(phone, 1)
    phone.get_by_role("button", name="Done").tap()
    expect(phone.get_by_role("heading", name="Boots")).to_be_visible()
    with site.database():
        assert not Listing.objects.get().is_draft


def test_nothing_overlaps_and_every_target_has_44_pixels(phone: Page, site: Site) -> None:
    """With photos in every state: sent, refused, removed."""
    fill(phone)
    assert phone.evaluate(MISPLACED) == []
    assert phone.evaluate(SMALL) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def fill(page: Page) -> None:
    bad: FilePayload = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"hello"}
    heic: FilePayload = {
        "name": "phone.heic", "mimeType": "image/heic", "buffer": encoded(scene(400), "HEIF"),
    }  # fmt: skip
    choose(page, photo("a.jpg"), photo("b.jpg", 300), bad, heic, photo("a-again.jpg"))
    all_sent(page, 4)
    page.get_by_role("button", name="Remove b.jpg").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names no folder.")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_screenshots(
    scheme: Any, width: int, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Pictures of the page, for people to look at."""
    size = {"width": width, "height": 844}
    page = sign_in(OWNER, viewport=size, color_scheme=scheme).new_page()
    page.goto(site.system.address)
    fill(page)
    folder = os.environ["SCREENSHOTS"]
    page.screenshot(path=f"{folder}/draft-{scheme}-{width}.png", full_page=True)
    with site.database():
        listing = Listing.objects.get()
        a_photo("Boots", listing=listing, file=True, **FALLBACK)
    page.goto(f"{site.system.address}/listings/{listing.pk}/edit/")
    expect(page.locator(".why", has_text="Which kind?")).to_be_visible()
    page.screenshot(path=f"{folder}/edit-{scheme}-{width}.png", full_page=True)


@pytest.mark.parametrize(("longest", "size"), [("0", (240, 320)), ("160", (120, 160))])
def test_the_page_makes_photos_smaller_where_the_site_asks_for_it(
    phone: Page, site: Site, longest: str, size: tuple[int, int]
) -> None:
    """A photo that a phone took lying on its side is sent upright; else it is sent as it is."""
    picture = Image.new("RGB", (320, 240), "blue")
    picture.paste("red", (0, 0, 160, 240))
    exif = Image.Exif()
    exif[0x0112] = 6  # the left side is up
    data = encoded(picture, "JPEG", exif=exif.tobytes(), quality=97)
    phone.evaluate(f"document.getElementById('upload').dataset.longestSide = '{longest}'")
    choose(phone, {"name": "phone.jpg", "mimeType": "image/jpeg", "buffer": data})
    all_sent(phone, 1)
    with site.database():
        (row,) = ListingPhoto.objects.present()
        assert (row.width, row.height) == size
        with row.image.open() as file, Image.open(file) as image:
            top = image.convert("RGB").getpixel((size[0] // 2, size[1] // 8))
    assert top == pytest.approx((255, 0, 0), abs=40)
