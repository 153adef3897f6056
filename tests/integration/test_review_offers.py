"""What the queue's page offers: Y, J and K decide what stands on their buttons, and no more."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.review_site import Site, open_queue, shown, stored
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, Shares

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


@pytest.mark.parametrize(
    ("shares", "says", "verdict"),
    [
        (UNKNOWN, "Yes, not one of ours", ("not_ours", None, None)),
        pytest.param(
            FALLBACK,
            "Yes, bags only",
            ("main_class", "Bags", None),
            marks=pytest.mark.on_postgresql,
        ),
    ],
    ids=["Unknown/Others", "main class"],
)
def test_y_says_what_the_screen_says(
    shares: Shares, says: str, verdict: tuple[str, str | None, str | None], anna: Page, site: Site
) -> None:
    """Y stores the outcome on the screen, never a subclass the model was not sure of."""
    first, second = site.photos(2, sub="Tote Bags", **shares)
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.get_by_role("button", name=says, exact=True)).to_be_visible()
    highlighted = anna.locator("[data-predicted]")
    expect(highlighted).to_have_count(1)
    expect(highlighted).to_have_attribute("data-verdict", verdict[0])
    anna.keyboard.press("y")
    shown(anna, second)
    assert stored(site, 1) == [(first, *verdict)]


@pytest.mark.on_postgresql
def test_y_confirms_a_confident_subclass(anna: Page, site: Site, settings: Any) -> None:
    """A photo the model is sure of, and that somebody chose, is confirmed as its subclass."""
    (photo,) = site.photos(1, sub="Tote Bags", **CONFIDENT)
    anna.goto(f"{site.system.address}/admin/classifier/review/queue/?photo={photo}")
    expect(anna.locator("#queue")).to_have_attribute("data-state", "ready")
    expect(anna.locator("#q-likeliest")).not_to_be_visible()
    anna.keyboard.press("y")
    assert stored(site, 1) == [(photo, "subclass", "Bags", "Tote Bags")]


@pytest.mark.parametrize(("key", "rank"), [("j", 0), ("k", 1)])
def test_the_two_likeliest_are_one_key_each(key: str, rank: int, anna: Page, site: Site) -> None:
    """Of a main-class photo J and K decide the likeliest subclasses, as their buttons say."""
    first, second = site.photos(2, sub="Tote Bags", **FALLBACK)
    open_queue(anna, site)
    shown(anna, first)
    button = anna.locator(f"[data-key={key.upper()}] span")
    name = button.inner_text().rsplit(" ", 2)[0]
    assert name in ("Clutches", "Shoulder Bags", "Tote Bags")
    assert (name == "Tote Bags") == (rank == 0)
    anna.keyboard.press(key)
    shown(anna, second)
    assert stored(site, 1) == [(first, "subclass", "Bags", name)]
