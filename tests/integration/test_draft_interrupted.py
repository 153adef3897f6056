"""An upload that is really interrupted goes on: session, network, server, page and browser."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.integration.review_site import OWNER, PASSWORD, Site, sign_out
from tests.integration.test_draft import all_sent, card, choose, photo, stored
from tests.pictures import noise_jpeg
from tests.servers.fixtures import BROWSER_ARGUMENTS, browser_program
from tests.servers.processes import wait_until

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


def sign_in_at(page: Page, site: Site) -> None:
    """Sign in anew: the sessions that other tests share must not end."""
    page.goto(f"{site.system.address}/login/?next=/")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Title")).to_be_visible()
    page.wait_for_load_state()  # with its scripts


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    sign_in_at(page, site)
    yield page
    context.close()


def test_photos_chosen_before_the_scripts_came_are_sent(page: Page) -> None:
    """Over a slow network a photo may be chosen before the page can take it; it is taken then."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/draft/choose*.js", hold)
    page.reload(wait_until="commit")
    choose(page, photo("a.jpg"))
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    all_sent(page, 1)


def end_sessions(site: Site, page: Page) -> None:
    """Delete the session of this page on the server, as its age would."""
    cookie = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    with site.database():
        assert Session.objects.filter(pk=cookie["value"]).delete()[0] == 1


@pytest.mark.on_postgresql
def test_an_ended_session_is_renewed_in_place(page: Page, site: Site) -> None:
    """The password is asked for on the page; then the photos go on, and the title is kept."""
    page.get_by_label("Title").fill("Ankle boots")
    choose(page, photo("a.jpg"))
    all_sent(page, 1)
    end_sessions(site, page)
    choose(page, photo("b.jpg", 300), photo("c.jpg", 310))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You are signed out")
    dialog.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("do not match")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    all_sent(page, 3)
    expect(page.get_by_label("Title")).to_have_value("Ankle boots")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Ankle boots")).to_be_visible()
    assert stored(site) == ["a.jpg", "b.jpg", "c.jpg"]


def test_who_does_not_sign_in_now_can_later(page: Page, site: Site) -> None:
    """*Not now* closes the question; the photo stays, and *Try again* asks once more."""
    end_sessions(site, page)
    choose(page, photo("a.jpg"))
    page.get_by_role("button", name="Not now").click()
    expect(card(page, "a.jpg").get_by_role("alert")).to_contain_text("Your photo is still here.")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("dialog").get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    all_sent(page, 1)


@pytest.mark.on_postgresql
def test_a_lost_network_is_waited_for(page: Page, site: Site) -> None:
    """While offline the card says so; back online the photo is sent without a click."""
    choose(page, photo("a.jpg"))
    all_sent(page, 1)
    page.context.set_offline(True)
    choose(page, photo("b.jpg", 300))
    expect(card(page, "b.jpg").get_by_role("alert")).to_contain_text("The connection broke.")
    page.context.set_offline(False)
    all_sent(page, 2)
    assert stored(site) == ["a.jpg", "b.jpg"]


@pytest.mark.both_databases
def test_an_answer_that_never_came_does_not_double_a_photo(page: Page, site: Site) -> None:
    """The server stored it, the connection broke before the answer: sent again, it is one photo."""
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        assert route.fetch().status == 201
        route.abort()

    page.route("**/api/v1/listings/*/photos/", lose_the_first_answer)
    choose(page, photo("a.jpg"), photo("b.jpg", 300))
    all_sent(page, 2)
    assert lost
    assert sorted(stored(site)) == ["a.jpg", "b.jpg"]


def test_a_server_that_dies_meanwhile_is_waited_for(page: Page, site: Site) -> None:
    """Killed before the photos come and started again, it gets them all, without a click."""
    site.system.web.kill()
    try:
        choose(page, photo("a.jpg"), photo("b.jpg", 300))
        expect(card(page, "a.jpg").get_by_role("alert")).to_contain_text("will be sent again")
    finally:
        site.system.web.start()
        wait_until(site.system.page_answers, what="the page answers")
    all_sent(page, 2)
    # They are sent as they come; the order of the page is stored with Done.
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Listing")
    assert stored(site) == ["a.jpg", "b.jpg"]


@pytest.mark.on_postgresql
def test_leaving_the_page_warns_and_coming_back_goes_on(page: Page, site: Site) -> None:
    """The browser asks before it leaves; left all the same, the next visit sends the rest."""
    asked: list[str] = []

    def leave(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # Playwright's Dialog
        dialog.accept()  # type: ignore[attr-defined]  # likewise

    page.on("dialog", leave)
    page.get_by_label("Title").fill("Ankle boots")
    choose(page, photo("a.jpg"))
    all_sent(page, 1)
    page.route("**/api/v1/listings/*/photos/", lambda route: route.abort())
    choose(page, photo("b.jpg", 300))
    expect(card(page, "b.jpg").get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Listings").click()
    expect(page.get_by_role("heading", name="Your listings")).to_be_visible()
    assert asked == ["beforeunload"]

    page.unroute("**/api/v1/listings/*/photos/")
    page.get_by_role("link", name="Upload").click()
    all_sent(page, 2)
    expect(page.get_by_text("This is the listing that you began earlier.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Ankle boots")
    assert stored(site) == ["a.jpg", "b.jpg"]
    # All is sent, so nothing keeps from leaving.
    page.get_by_role("link", name="Listings").click()
    assert asked == ["beforeunload"]


def test_another_user_of_the_browser_sees_nothing_of_it(page: Page, site: Site) -> None:
    """Photos wait for the one who chose them."""
    page.route("**/api/v1/drafts/", lambda route: route.abort())
    choose(page, photo("a.jpg"))
    expect(card(page, "a.jpg").get_by_role("alert")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    sign_out(page)
    page.goto(f"{site.system.address}/login/?next=/")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Title")).to_be_visible()
    expect(page.locator("#photos .card")).to_have_count(0)
    page.unroute("**/api/v1/drafts/")
    sign_out(page)
    sign_in_at(page, site)
    all_sent(page, 1)


def test_a_killed_browser_loses_nothing(site: Site, browser: Browser, short_folder: Path) -> None:
    """A flat battery in the middle of a large photo: opened again, the browser sends the rest."""
    large = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": noise_jpeg(2000, 1500)}

    def opened() -> BrowserContext:
        return browser.browser_type.launch_persistent_context(
            short_folder, executable_path=browser_program(browser.browser_type),
            args=BROWSER_ARGUMENTS,
        )  # fmt: skip

    context = opened()
    page = context.pages[0]
    sign_in_at(page, site)
    page.get_by_label("Title").fill("Ankle boots")
    choose(page, photo("a.jpg"))
    all_sent(page, 1)
    devtools = context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50_000}
    devtools.send("Network.emulateNetworkConditions", slow)
    choose(page, large, photo("c.jpg", 310))  # type: ignore[arg-type]  # a FilePayload
    expect(card(page, "large.jpg")).to_contain_text("%")
    kill_browser(short_folder)
    with contextlib.suppress(Error):
        context.close()

    context = opened()
    page = context.pages[0]
    # What a browser had no time to write down includes the session.
    page.goto(site.system.address)
    if "/login/" in page.url:
        sign_in_at(page, site)
    all_sent(page, 3)
    expect(page.get_by_label("Title")).to_have_value("Ankle boots")
    assert stored(site) == ["a.jpg", "large.jpg", "c.jpg"]
    context.close()


def kill_browser(profile: Path) -> None:
    """Kill every process of the browser with this profile, without a word."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={profile}" in (process.info["cmdline"] or []):
            for each in [*process.children(recursive=True), process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
