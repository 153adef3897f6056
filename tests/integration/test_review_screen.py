"""The review queue in a browser: what it shows, to the eye, the ear and the thumb."""

import os
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Review
from classifier.review.queue import shortcuts
from tests.integration.review_site import Site, all_at_rest, open_queue, shown, stored
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_photo

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)

FAINT = (Path(__file__).parent / "faint_texts.js").read_text(encoding="utf-8")


def test_a_blind_photo_hides_the_tag_until_decided(anna: Page, site: Site, settings: Any) -> None:
    """In the sample no bar, tag or highlighted button is shown; the toast then tells."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    (first,) = site.photos(1, sub="Flats", main=0.99, share=0.97)
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.locator("#q-mark")).to_have_text("Blind sample")
    expect(anna.locator("#q-bars div")).to_have_count(0)
    expect(anna.locator("#q-said")).not_to_be_visible()
    expect(anna.locator("[data-predicted]")).to_have_count(0)
    anna.keyboard.press("y")  # there is no guess to confirm
    shown(anna, first)
    anna.keyboard.press("4")
    expect(anna.locator("#q-toast")).to_contain_text("the model said Shoes › Flats")
    with site.database():
        review = Review.objects.get()
    assert (review.sampled, review.blind, review.sub) == (True, True, "Boots")


def test_touch_decides_too(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """On a phone a tap decides, a tap on the toast undoes, and nothing is wider than the screen."""
    first, second = site.photos(2)
    context = sign_in(
        "anna", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_queue(page, site)
    shown(page, first)
    page.get_by_role("button", name="Tote Bags").tap()
    shown(page, second)
    page.locator("#q-toast-undo").tap()
    shown(page, first)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_counters_follow(anna: Page, site: Site) -> None:
    """Left and mine-today change with every verdict."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    expect(anna.locator("#q-left")).to_have_text("3")
    anna.keyboard.press("1")
    shown(anna, photos[1])
    expect(anna.locator("#q-left")).to_have_text("2")
    expect(anna.locator("#q-today")).to_have_text("1")


def test_the_pace_is_of_the_time_at_work(anna: Page, site: Site) -> None:
    """A verdict a second is sixty a minute; a pause begins a new measurement."""
    photos = site.photos(5)
    anna.clock.install()
    open_queue(anna, site)
    anna.clock.pause_at(datetime.now() + timedelta(hours=1))  # noqa: DTZ005  # the browser's
    for photo in photos[:3]:
        shown(anna, photo)
        anna.keyboard.press("1")
        anna.clock.fast_forward(1000)
    shown(anna, photos[3])
    expect(anna.locator("#q-pace")).to_have_text("60")
    anna.clock.fast_forward(10 * 60 * 1000)
    shown(anna, photos[3])
    anna.keyboard.press("1")
    expect(anna.locator("#q-pace")).to_have_text("–")


@pytest.mark.on_postgresql
def test_a_verdict_a_second_by_keys(anna: Page, site: Site) -> None:
    """Thirty in less than thirty seconds, each once its photo is shown: sixty a minute hold."""
    photos = site.photos(31)
    open_queue(anna, site)
    shown(anna, photos[0])
    began = time.monotonic()
    for number, photo in enumerate(photos[1:]):
        anna.keyboard.press("45"[number % 2])
        shown(anna, photo)
    stored(site, 30)
    assert time.monotonic() - began < 30


def test_everything_has_a_name_and_a_visible_focus(anna: Page, site: Site) -> None:
    """A screen reader hears what each button does, without its key; Tab shows where one is."""
    with site.database():
        listing = a_listing("Boots in brown")
        photo = a_photo("Boots", listing=listing, file=True, **UNKNOWN).pk
        a_photo("Boots", listing=listing, file=True, **CONFIDENT)
    open_queue(anna, site)
    shown(anna, photo)
    fixed = [key for key in shortcuts.every_key() if key not in shortcuts.OFFERS]
    for key in fixed:
        expect(anna.get_by_role("button", name=key.name, exact=True)).to_have_count(1)
    offers = anna.get_by_role("group", name="What the model offers").get_by_role("button")
    expect(offers).to_have_text(["Y Yes, not one of ours", re.compile("J Boots"), re.compile("K ")])
    expect(anna.get_by_role("group", name="Shoes").get_by_role("button")).to_have_count(4)
    expect(anna.get_by_role("img", name="Photo to review")).to_be_visible()
    expect(anna.get_by_role("button", name="Other photo 1 of this listing")).to_be_visible()
    expect(anna.get_by_role("heading", name="Boots in brown")).to_be_visible()
    expect(anna.locator("main")).to_have_count(1)
    anna.keyboard.press("0")
    expect(anna.get_by_role("status")).to_contain_text("Not one of ours")
    anna.get_by_role("link", name="← Admin").focus()
    anna.keyboard.press("Tab")
    width = "getComputedStyle(document.activeElement).outlineWidth"
    assert anna.evaluate(width) == "3px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(
    scheme: Any, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Every text stands out from what is behind it, 4.5 to 1 or more (WCAG 2.2 AA)."""
    first, _ = site.photos(2, sub="High Heels", main=0.82, share=0.48)
    page = sign_in("anna", color_scheme=scheme).new_page()
    open_queue(page, site)
    shown(page, first)
    assert page.evaluate(FAINT, "#queue") == []
    page.keyboard.press("?")
    all_at_rest(page)  # the pressed button has its own colours again
    assert page.evaluate(FAINT, "#queue") == []
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#q-toast-undo")).to_be_visible()
    expect(page.locator(".q-pressed")).to_have_count(0)
    all_at_rest(page)
    assert page.evaluate(FAINT, "#queue") == []
    page.close()


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names no folder.")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_screenshots(
    scheme: str, size: tuple[int, int], site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Pictures of the page, for people to look at."""
    photos = site.photos(3, sub="High Heels", main=0.82, share=0.48)
    context = sign_in(
        "anna",
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
    )
    page = context.new_page()
    open_queue(page, site)
    shown(page, photos[0])
    page.keyboard.press("s")
    shown(page, photos[1])
    page.wait_for_timeout(600)
    name = f"{os.environ['SCREENSHOTS']}/queue-{scheme}-{size[0]}"
    page.screenshot(path=f"{name}.png")
    page.screenshot(path=f"{name}-full.png", full_page=True)
    page.keyboard.press("?")
    all_at_rest(page)
    page.screenshot(path=f"{name}-help.png")
    page.close()
