"""Looking closely, and coming back to what was decided: zoom, other photos, the last verdicts."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Review
from tests.integration.review_site import Site, all_fetched, open_queue, shown, stored
from tests.rows import a_listing
from tests.tagged_photos import UNKNOWN, a_photo

pytestmark = pytest.mark.integration

MATRIX = "new DOMMatrix(getComputedStyle(document.getElementById('q-image')).transform)"


def expect_scale(page: Page, wanted: float) -> None:
    """Wait until the photo is that large, 1 for whole."""
    page.wait_for_function(f"wanted => Math.abs({MATRIX}.a - wanted) < 0.01", arg=wanted)


def test_click_wheel_and_keys_zoom(anna: Page, site: Site) -> None:
    """Each makes the photo larger and whole again; a drag moves it; the next photo is whole."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    photo = anna.locator("#q-photo")
    photo.click()
    expect_scale(anna, 2.5)
    box = photo.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    anna.mouse.move(*middle)
    anna.mouse.down()
    anna.mouse.move(middle[0] + 60, middle[1] + 30, steps=3)
    anna.mouse.up()
    assert anna.evaluate(f"[Math.round({MATRIX}.e), Math.round({MATRIX}.f)]") == [60, 30]
    photo.click()
    expect_scale(anna, 1)
    anna.mouse.wheel(0, -200)
    expect_scale(anna, 2.25)
    anna.keyboard.press("z")
    expect_scale(anna, 1)
    anna.keyboard.press("+")
    expect_scale(anna, 1.5)
    anna.keyboard.press("ArrowLeft")
    expect_scale(anna, 1.5)
    anna.keyboard.press("-")
    expect_scale(anna, 1)
    anna.keyboard.press("z")
    expect(anna.locator("[data-action=zoom]")).to_have_attribute("aria-pressed", "true")
    anna.keyboard.press("4")
    shown(anna, second)
    expect_scale(anna, 1)


def test_two_fingers_zoom_on_a_phone(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """A pinch makes the photo larger and decides nothing; a tap makes it whole."""
    (first,) = site.photos(1)
    page = sign_in(
        "anna", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).new_page()
    open_queue(page, site)
    shown(page, first)
    box = page.locator("#q-photo").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        touch.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [] if kind == "touchEnd" else points,
        })  # fmt: skip

    fingers("touchStart", 30)
    for apart in (40, 50, 60):
        fingers("touchMove", apart)
    fingers("touchEnd", 60)
    expect_scale(page, 2)
    assert site.reviews() == []
    page.locator("#q-photo").tap()
    expect_scale(page, 1)


@pytest.mark.on_postgresql
def test_other_photos_are_looked_at_in_the_same_place(anna: Page, site: Site) -> None:
    """O and a click on the small photo show another one; the verdict is for the first."""
    with site.database():
        listing = a_listing("Boots")
        first, second = (
            a_photo("Boots", listing=listing, file=True, **UNKNOWN).pk for _ in range(2)
        )
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("o")
    expect(anna.locator("#q-other")).to_be_visible()
    expect(anna.locator("#q-which")).to_have_text(
        "Other photo 1 of 1. Your verdict is for the first one."
    )
    anna.keyboard.press("z")
    expect_scale(anna, 2.5)
    anna.keyboard.press("o")
    expect(anna.locator("#q-other")).to_be_hidden()
    anna.get_by_role("button", name="Other photo 1 of this listing").click()
    anna.keyboard.press("4")
    shown(anna, second)
    expect(anna.locator("#q-other")).to_be_hidden()
    assert stored(site, 1)[0][0] == first


@pytest.mark.on_postgresql
def test_a_last_verdict_is_opened_again(anna: Page, site: Site) -> None:
    """The strip keeps the last verdicts, over a reload too; a new one replaces the old."""
    first, second, third = site.photos(3)
    open_queue(anna, site)
    shown(anna, first)
    all_fetched(anna)
    anna.keyboard.press("4")
    shown(anna, second)
    anna.keyboard.press("5")
    shown(anna, third)
    stored(site, 2)
    strip = anna.get_by_role("region", name="My last verdicts").get_by_role("button")
    expect(strip).to_have_text(["Flats", "Boots"])
    anna.reload()
    shown(anna, third)
    expect(strip).to_have_text(["Flats", "Boots"])
    strip.nth(1).click()
    shown(anna, first)
    expect(anna.locator("#q-settled")).to_contain_text("Settled as Shoes › Boots by anna")
    anna.keyboard.press("6")
    shown(anna, third)
    expect(strip).to_have_text(["High Heels", "Flats"])
    stored(site, 3)
    with site.database():
        assert Review.objects.final().get(photo=first).sub == "High Heels"
    strip.nth(1).click()
    shown(anna, second)
    anna.keyboard.press("s")
    shown(anna, third)
    expect(anna.locator("#q-left")).to_have_text("1")


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names no folder.")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_screenshots(
    scheme: Any, width: int, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Pictures of the page, for people to look at."""
    with site.database():
        listing = a_listing("Boots")
        first, second = (
            a_photo("Boots", listing=listing, file=True, **UNKNOWN).pk for _ in range(2)
        )
    page = sign_in("anna", viewport={"width": width, "height": 844}, color_scheme=scheme).new_page()
    open_queue(page, site)
    shown(page, first)
    page.keyboard.press("4")
    shown(page, second)
    page.keyboard.press("o")
    page.keyboard.press("a")
    page.wait_for_timeout(800)
    folder = os.environ["SCREENSHOTS"]
    page.screenshot(path=f"{folder}/zoom-{scheme}-{width}.png", full_page=True)
    page.goto(f"{site.system.address}/admin/classifier/listingphoto/{first}/change/")
    page.wait_for_timeout(300)
    page.screenshot(path=f"{folder}/photo-{scheme}-{width}.png", full_page=True)
