"""*Review this photo* in a browser: from a photo's page and from lists, settled photos too."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Review
from tests.integration.review_site import Site, open_queue, shown, stored
from tests.tagged_photos import CONFIDENT

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)
ADMIN = "/admin/classifier"
LABEL = "cell => getComputedStyle(cell, '::before').content"


def ready(page: Page, photo: int) -> None:
    expect(page.locator("#queue")).to_have_attribute("data-photo", str(photo))
    expect(page.locator("#queue")).to_have_attribute("data-state", "ready")


def test_a_wrong_confident_tag_is_put_right_from_the_photos_page(anna: Page, site: Site) -> None:
    """The button opens the queue's screen with that photo; U takes the verdict back."""
    (photo,) = site.photos(1, sub="Flats", **CONFIDENT)
    anna.goto(f"{site.system.address}{ADMIN}/listingphoto/{photo}/change/")
    anna.get_by_role("link", name="Review this photo").click()
    ready(anna, photo)
    anna.keyboard.press("4")
    expect(anna.get_by_role("heading", name="Settled as Shoes › Boots")).to_be_visible()
    anna.keyboard.press("u")
    ready(anna, photo)
    anna.keyboard.press("6")
    expect(anna.get_by_role("heading", name="Settled as Shoes › High Heels")).to_be_visible()
    assert [row[1] for row in stored(site, 3)] == ["subclass", "undone", "subclass"]
    anna.get_by_role("link", name="Back to the photo").click()
    expect(anna.get_by_text("Shoes › High Heels (anna)")).to_be_visible()


@pytest.mark.both_databases
def test_an_own_verdict_is_replaced_from_every_list(anna: Page, site: Site) -> None:
    """The screen says how the photo is settled; the new verdict counts and the old one is kept."""
    (photo,) = site.photos(1)
    open_queue(anna, site)
    shown(anna, photo)
    anna.keyboard.press("5")
    stored(site, 1)
    with site.database():
        listing = Review.objects.get().photo.listing_id
    lists = ("listingphoto/", "review/", f"listing/{listing}/change/")
    kinds = ["Flats", "Boots", "High Heels", "Flats"]
    for number, (page, key) in enumerate(zip(lists, "465", strict=True)):
        anna.goto(f"{site.system.address}{ADMIN}/{page}")
        if page == "review/":  # on a phone the first cell is no box that selects the row
            assert anna.locator(".data-row > :first-child").first.evaluate(LABEL) == "none"
        anna.get_by_role("link", name=f"Review photo {photo}").first.click()
        ready(anna, photo)
        settled = f"Settled as Shoes › {kinds[number]} by anna"
        expect(anna.locator("#q-settled")).to_contain_text(settled)
        anna.keyboard.press(key)
        assert [row[3] for row in stored(site, number + 2)] == kinds[: number + 2]
    with site.database():
        assert Review.objects.final().get().sub == "Flats"


@pytest.mark.on_postgresql
def test_only_who_may_overrule_replaces_anothers_verdict(
    anna: Page, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Without the right the screen says whose verdict it is; with it the verdict is replaced."""
    (photo,) = site.photos(1)
    open_queue(anna, site)
    shown(anna, photo)
    anna.keyboard.press("5")
    stored(site, 1)
    ben = sign_in("ben").new_page()
    address = f"{site.system.address}{ADMIN}/review/queue/?photo={photo}"
    with site.database():
        right = Permission.objects.get(codename="overrule_review")
        User.objects.get(username="ben").user_permissions.remove(right)
    ben.goto(address)
    expect(ben.locator("#q-done-text")).to_contain_text("anna has settled this photo")
    with site.database():
        User.objects.get(username="ben").user_permissions.add(right)
    ben.goto(address)
    ready(ben, photo)
    ben.keyboard.press("x")
    expect(ben.get_by_role("heading", name="Settled as Bad photo")).to_be_visible()
    assert [row[1] for row in stored(site, 2)] == ["subclass", "bad_photo"]
    ben.close()
