"""The review queue in a browser: every key by name, and each press once."""

import re

import pytest
from playwright.sync_api import Page, expect

from classifier.models import Review
from classifier.review.queue import shortcuts
from tests.integration.review_site import Site, open_queue, shown, stored

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)


@pytest.mark.on_postgresql
def test_every_verdict_key(anna: Page, site: Site) -> None:
    """Each key of the table stores the verdict its button names, and shows the next photo."""
    keys = [key for key in shortcuts.every_key() if key.verdict]
    photos = site.photos(len(keys) + 1)
    open_queue(anna, site)
    for key, photo in zip(keys, photos, strict=False):
        shown(anna, photo)
        expect(anna.locator(f".q-verdicts [data-key='{key.key}']")).to_contain_text(key.name)
        anna.keyboard.press(key.key.lower())
        expect(anna.locator("#q-toast")).to_contain_text(key.sub or key.name)
    shown(anna, photos[-1])
    assert stored(site, len(keys)) == [
        (photo, key.verdict, key.main or None, key.sub or None)
        for key, photo in zip(keys, photos, strict=False)
    ]


def test_u_undoes_again_and_again(anna: Page, site: Site) -> None:
    """U brings the photo back with a row that voids the verdict; another U goes one further."""
    first, second, third = site.photos(3)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    shown(anna, second)
    anna.keyboard.press("2")
    shown(anna, third)
    anna.keyboard.press("u")
    shown(anna, second)
    anna.keyboard.press("u")
    shown(anna, first)
    anna.keyboard.press("4")
    shown(anna, second)
    assert [verdict for _, verdict, *_ in stored(site, 5)] == [
        "subclass",
        "subclass",
        "undone",
        "undone",
        "subclass",
    ]
    with site.database():
        assert Review.objects.final().get().photo_id == first


def test_u_undoes_after_a_reload(anna: Page, site: Site) -> None:
    """The last verdict can be undone though the page has been loaded anew."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    stored(site, 1)
    open_queue(anna, site)
    anna.keyboard.press("u")
    shown(anna, first)


def test_s_skips_and_b_goes_back(anna: Page, site: Site) -> None:
    """S shows the next photo, B the one before; what was skipped can be had again at the end."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("s")
    shown(anna, second)
    anna.keyboard.press("b")
    shown(anna, first)
    anna.keyboard.press("s")
    shown(anna, second)
    anna.keyboard.press("s")
    expect(anna.locator("#q-empty-text")).to_contain_text("You skipped 2 photos")
    anna.get_by_role("button", name="Show what I skipped").click()
    shown(anna, first)
    assert site.reviews() == []


def test_b_after_a_verdict_undoes_it(anna: Page, site: Site) -> None:
    """Back on a decided photo takes the verdict back, so that a new one can be given."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("x")
    shown(anna, second)
    anna.keyboard.press("b")
    shown(anna, first)
    assert [verdict for _, verdict, *_ in stored(site, 2)] == ["bad_photo", "undone"]


def test_question_mark_helps_and_decides_nothing(anna: Page, site: Site) -> None:
    """? lists every key; while the list is open no key decides; Esc closes it."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("?")
    dialog = anna.get_by_role("dialog")
    for key in shortcuts.every_key():
        expect(dialog.locator("dt", has_text=re.compile(f"^{re.escape(key.key)}$"))).to_have_count(
            1
        )
    anna.keyboard.press("1")
    anna.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    shown(anna, first)
    assert site.reviews() == []


def test_a_stuck_key_gives_one_verdict(anna: Page, site: Site) -> None:
    """A key that repeats decides one photo; it counts again after it was let go."""
    first, second, third = site.photos(3)
    open_queue(anna, site)
    shown(anna, first)
    for _ in range(30):
        anna.keyboard.down("1")  # from the second on, the browser says that it repeats
    shown(anna, second)
    anna.wait_for_timeout(300)
    assert len(stored(site, 1)) == 1
    anna.keyboard.up("1")
    anna.keyboard.press("1")
    shown(anna, third)
    assert len(stored(site, 2)) == 2


def test_a_held_enter_gives_one_verdict(anna: Page, site: Site) -> None:
    """A browser clicks the button in focus for as long as Enter is held; one press counts once."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.get_by_role("button", name="Tote Bags").focus()
    for _ in range(10):
        anna.keyboard.down("Enter")
        anna.wait_for_timeout(20)
    anna.keyboard.up("Enter")
    shown(anna, second)
    anna.wait_for_timeout(200)
    assert stored(site, 1) == [(first, "subclass", "Bags", "Tote Bags")]


def test_a_double_click_is_one_verdict(anna: Page, site: Site) -> None:
    """The second click of a double click does not judge the next photo."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.get_by_role("button", name="Flats", exact=True).dblclick()
    shown(anna, second)
    anna.wait_for_timeout(200)
    assert stored(site, 1) == [(first, "subclass", "Shoes", "Flats")]


def test_other_keyboards_decide_too(anna: Page, site: Site) -> None:
    """Where digits need Shift or letters are not Latin, the place of the key says what is meant."""
    french, russian, french_zero = ("&", "Digit1"), ("ч", "KeyX"), ("à", "Digit0")
    photos = site.photos(4)
    open_queue(anna, site)
    for photo, pressed in zip(photos, (french, russian, french_zero), strict=False):
        shown(anna, photo)
        anna.evaluate(
            "([key, code]) => document.body.dispatchEvent("
            "new KeyboardEvent('keydown', {key, code, bubbles: true}))",
            pressed,
        )
    shown(anna, photos[-1])
    verdicts = ["subclass", "bad_photo", "not_ours"]
    assert stored(site, 3) == [
        (photo, verdict, *labels)
        for photo, verdict, labels in zip(
            photos, verdicts, [("Clothing", "Dresses"), (None, None), (None, None)], strict=False
        )
    ]


def test_keys_with_a_modifier_are_the_browsers(anna: Page, site: Site) -> None:
    """Ctrl+U or Alt+1 decide nothing."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    for keys in ("Control+1", "Alt+1", "Control+x"):
        anna.keyboard.press(keys)
    anna.wait_for_timeout(200)
    shown(anna, first)
    assert site.reviews() == []
