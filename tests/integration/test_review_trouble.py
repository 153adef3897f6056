"""The review queue in a browser when things go wrong: no verdict is lost, none is a mistake."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from classifier.models import Listing, ListingPhoto
from tests.integration.review_site import (
    PASSWORD,
    QUEUE,
    Site,
    all_fetched,
    open_queue,
    shown,
    stored,
)

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)


def test_an_ended_session_loses_no_verdict(
    site: Site, browser: Browser, sign_in: Callable[..., BrowserContext]
) -> None:
    """Signed out in mid-queue, the page keeps the verdict and sends it after the next sign-in."""
    photos = site.photos(3)
    context = browser.new_context()
    page = context.new_page()
    sign = lambda tab: (  # noqa: E731  # said twice below
        tab.fill("[name=username]", "ben"),
        tab.fill("[name=password]", PASSWORD),
        tab.press("[name=password]", "Enter"),
    )
    page.goto(f"{site.system.address}/admin/login/?next={QUEUE}")
    sign(page)
    shown(page, photos[0])
    mine = next(each["value"] for each in context.cookies() if each["name"] == "sessionid")
    with site.database():
        Session.objects.filter(session_key=mine).delete()
    page.keyboard.press("1")
    expect(page.locator("#q-banner")).to_contain_text("1 verdict is kept here")
    assert site.reviews() == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    sign(opened.value)
    opened.value.wait_for_url(f"**{QUEUE}")
    assert stored(site, 1)[0] == (photos[0], "subclass", "Clothing", "Dresses")
    expect(page.locator("#q-banner")).not_to_be_visible()
    context.close()


def test_a_lost_connection_loses_no_verdict(anna: Page, site: Site) -> None:
    """Without a network the verdict waits in the page, also over a reload, and is sent later."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    shown(anna, photos[0])
    all_fetched(anna)
    anna.route("**/queue/decide/", lambda route: route.abort())
    anna.keyboard.press("3")
    shown(anna, photos[1])
    expect(anna.locator("#q-banner")).to_contain_text("1 verdict is kept here")
    anna.unroute("**/queue/decide/")
    anna.reload()
    assert stored(site, 1) == [(photos[0], "subclass", "Clothing", "Skirts")]


PROXYS_ANSWERS: Final = (
    (404, "text/html", "<h1>404 Not Found</h1>"),
    (429, "text/html", "<h1>Too many requests</h1>"),
    (404, "application/json", '{"message": "no Route matched with those values"}'),
    (200, "text/html", "<h1>We will be back soon</h1>"),
)


def _answered(answer: Any, route: Route) -> None:
    route.fulfill(**answer)


def test_a_proxys_answer_ends_no_verdict(anna: Page, site: Site) -> None:
    """What a proxy answers while the site restarts is not ours: the verdict is sent again."""
    photos = site.photos(len(PROXYS_ANSWERS) + 2)
    open_queue(anna, site)
    for number, (status, content_type, body) in enumerate(PROXYS_ANSWERS):
        shown(anna, photos[number])
        answer: Any = {"status": status, "content_type": content_type, "body": body}
        anna.route("**/queue/decide/", partial(_answered, answer))
        anna.keyboard.press("1")
        expect(anna.locator("#q-banner")).to_contain_text("1 verdict is kept here")
        assert len(site.reviews()) == number
        anna.unroute("**/queue/decide/")
        assert stored(site, number + 1)[-1] == (photos[number], "subclass", "Clothing", "Dresses")
        expect(anna.locator("#q-banner")).not_to_be_visible()


def test_our_own_refusal_ends_a_verdict(anna: Page, site: Site) -> None:
    """A verdict that the site itself refuses is told and not sent again."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    anna.route(
        "**/queue/decide/",
        lambda route: route.continue_(
            post_data={**route.request.post_data_json, "main": "Bags", "sub": "Boots"}
        ),
    )
    anna.keyboard.press("1")
    expect(anna.locator("#q-toast")).to_contain_text("Boots belongs to Shoes, not to Bags")
    expect(anna.locator("#q-banner")).not_to_be_visible()
    assert site.reviews() == []


def test_a_proxys_404_does_not_call_a_photo_missing(anna: Page, site: Site) -> None:
    """Nobody is asked to call a good photo bad because a proxy did not find the site."""
    first, second = site.photos(2)
    anna.route(f"**{image_of(second)}", lambda route: route.fulfill(status=404, body="Not found"))
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    expect(anna.locator("#queue")).to_have_attribute("data-photo", str(second))
    expect(anna.get_by_text("Loading the photo …")).to_be_visible()
    anna.wait_for_timeout(1000)  # long enough for the page to have asked why
    expect(anna.locator("#q-missing")).not_to_be_visible()
    anna.unroute(f"**{image_of(second)}")
    shown(anna, second)


def test_a_deleted_photo_and_a_missing_file_are_told(anna: Page, site: Site) -> None:
    """A photo without its file can be judged bad; one that is gone brings the next."""
    photos = site.photos(3)
    with site.database():
        file = ListingPhoto.objects.get(pk=photos[0]).image
        file.storage.delete(str(file))
    open_queue(anna, site)
    shown(anna, photos[0])
    expect(anna.locator("#q-missing")).to_be_visible()
    anna.keyboard.press("x")
    shown(anna, photos[1])
    expect(anna.locator("#q-missing")).not_to_be_visible()
    with site.database():
        Listing.objects.filter(photos=photos[1]).delete()
    anna.keyboard.press("1")
    expect(anna.locator("#q-toast")).to_contain_text("deleted meanwhile")
    shown(anna, photos[2])


def test_a_photo_gets_no_verdict_before_it_is_shown(anna: Page, site: Site) -> None:
    """While a photo loads the one before is gone from the screen, and a verdict key waits."""
    first, second, _ = site.photos(3)
    slow: list[Route] = []
    anna.route(f"**{image_of(second)}", lambda route: slow.append(route))  # noqa: PLW0108  # it wants a def
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    expect(anna.locator("#queue")).to_have_attribute("data-photo", str(second))
    expect(anna.locator("#q-image")).not_to_be_visible()
    expect(anna.get_by_text("Loading the photo …")).to_be_visible()
    anna.keyboard.press("2")
    expect(anna.locator("#q-toast")).to_contain_text("this photo is still loading")
    assert len(stored(site, 1)) == 1
    for route in slow:
        route.continue_()
    shown(anna, second)
    anna.keyboard.press("3")
    assert [sub for *_, sub in stored(site, 2)] == ["Dresses", "Skirts"]


def test_a_photo_that_cannot_be_fetched_is_not_called_missing(anna: Page, site: Site) -> None:
    """Without a network nobody is asked to call a good photo bad; it comes by itself later."""
    first, second = site.photos(2)
    anna.route(f"**{image_of(second)}", lambda route: route.abort())
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    expect(anna.locator("#queue")).to_have_attribute("data-photo", str(second))
    expect(anna.get_by_text("Loading the photo …")).to_be_visible()
    expect(anna.locator("#q-missing")).not_to_be_visible()
    anna.unroute(f"**{image_of(second)}")
    shown(anna, second)


def test_waiting_for_the_server_is_not_an_empty_queue(anna: Page, site: Site) -> None:
    """Faster than the server one waits for the next photo, and is not told that none is left."""
    first, second, third = site.photos(3)
    slow: list[Route] = []
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.locator("#q-left")).to_have_text("3")
    all_fetched(anna)
    # Only the first is slow.
    anna.route("**/queue/decide/", lambda route: route.continue_() if slow else slow.append(route))
    anna.keyboard.press("1")
    shown(anna, second)
    anna.keyboard.press("2")
    expect(anna.locator("#queue")).to_have_attribute("data-state", "loading")
    expect(anna.locator("#q-empty")).not_to_be_visible()
    slow[0].continue_()
    shown(anna, third)
    assert [row[0] for row in stored(site, 2)] == [first, second]


def test_two_tabs_keep_their_unsent_verdicts_apart(anna: Page, site: Site) -> None:
    """What one tab could not send survives the other; sent by both, it counts once."""
    photos = site.photos(4)
    other = anna.context.new_page()
    for tab, photo in ((anna, photos[0]), (other, photos[2])):
        open_queue(tab, site)
        shown(tab, photo)
        all_fetched(tab)
        tab.route("**/queue/decide/", lambda route: route.abort())
    for tab in (anna, other):
        tab.keyboard.press("1")
        expect(tab.locator("#q-banner")).to_contain_text("1 verdict is kept here")
    anna.unroute("**/queue/decide/")
    anna.reload()
    assert sorted(row[0] or 0 for row in stored(site, 2)) == [photos[0], photos[2]]
    other.unroute("**/queue/decide/")
    expect(other.locator("#q-banner")).not_to_be_visible()
    assert len(site.reviews()) == 2
    other.close()


def test_a_right_that_was_withdrawn_is_told(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Who may no longer review is told so at the next verdict, and nothing is stored."""
    (photo,) = site.photos(1)
    page = sign_in("cleo").new_page()
    open_queue(page, site)
    shown(page, photo)
    with site.database():
        cleo = User.objects.get(username="cleo")
        rights = list(cleo.user_permissions.all())
        cleo.user_permissions.clear()
    try:
        page.keyboard.press("1")
        expect(page.locator("#q-toast")).to_contain_text("You may not review photos")
        assert site.reviews() == []
    finally:
        page.close()
        with site.database():  # the other tests have the same site
            cleo.user_permissions.set(rights)


def image_of(photo: int) -> str:
    return reverse("api:photo-image", args=[photo])
