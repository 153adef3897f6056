"""The seller's page in a real browser, against the running system."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from classifier.photos import cleaning  # noqa: F401  # importing it teaches Pillow to write HEIC
from tests.pictures import encoded, jpeg, scene
from tests.servers.prepared import SELLER
from tests.servers.system import System

pytestmark = pytest.mark.integration

# A busy machine takes its time, and the first photo waits for the model to load.
TAGGED_WITHIN_MS = 90_000
expect.set_options(timeout=30_000)


def photo(name: str = "bag.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg()}


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that expects none looks here."""
    return []


@pytest.fixture
def page(running_system: System, browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """The upload page, the seller signed in with the keyboard."""
    context = browser.new_context(base_url=running_system.address)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto("/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(SELLER[0])
    page.keyboard.press("Tab")
    page.keyboard.type(SELLER[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Show us the piece")).to_be_visible()
    yield page
    context.close()


def expect_tags(page: Page, count: int) -> None:
    tagged = page.locator('#photos .tag[data-status="classified"]')
    expect(tagged).to_have_count(count, timeout=TAGGED_WITHIN_MS)


def test_tags_appear_by_themselves(page: Page, complaints: list[str]) -> None:
    """Two chosen photos are previewed, sent, and get a tag with two confidences each."""
    page.get_by_label("Title").fill("Tote in tan leather")
    page.locator("#photos-chosen").set_input_files([photo("front.jpg"), photo("back.jpg")])

    expect(page.locator("#photos img")).to_have_count(2)
    expect_tags(page, 2)
    expect(page.locator("#photos dd")).to_have_text([re.compile(r"^\d+ %$")] * 4)
    # What is heard is what is seen.
    expect(page.locator("#spoken")).to_contain_text("%")

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Tote in tan leather")).to_be_visible()
    expect(page.locator('.tag[data-status="classified"]')).to_have_count(2)
    assert complaints == []


def test_a_photo_can_be_dropped_or_pasted_anywhere(page: Page, complaints: list[str]) -> None:
    """A drop beside the zone and a paste are taken like a choice; neither replaces the page."""
    page.evaluate(
        """([kind, bytes]) => {
            const data = new DataTransfer();
            const file = (name) => new File([new Uint8Array(bytes)], name, {type: kind});
            data.items.add(file("dropped.jpg"));
            const drop = {dataTransfer: data, bubbles: true, cancelable: true};
            document.body.dispatchEvent(new DragEvent("dragenter", drop));
            document.body.dispatchEvent(new DragEvent("drop", drop));
            const paste = new DataTransfer();
            paste.items.add(file("pasted.jpg"));
            const pasted = {clipboardData: paste, bubbles: true};
            document.dispatchEvent(new ClipboardEvent("paste", pasted));
        }""",
        ["image/jpeg", list(jpeg())],
    )
    expect(page.locator("#photos .card")).to_have_count(2)
    expect_tags(page, 2)
    assert complaints == []


def test_a_photo_over_the_limit_is_not_even_sent(page: Page, tmp_path: Path) -> None:
    """The page itself refuses what the server would refuse after minutes on a phone."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    huge = tmp_path / "huge.jpg"  # a file: what has to reach the browser by way of the test is slow
    huge.touch()
    os.truncate(huge, 21 * 2**20)
    page.locator("#photos-chosen").set_input_files([huge])
    expect(page.get_by_role("alert")).to_contain_text("at most 20 MB are accepted")
    assert "POST" not in sent


def test_a_photo_that_the_browser_cannot_show_is_shown_once_it_is_stored(page: Page) -> None:
    """A phone's HEIC has its name for a preview, then the server's picture."""
    heic: FilePayload = {
        "name": "phone.heic",
        "mimeType": "image/heic",
        "buffer": encoded(scene(), "HEIF"),
    }
    page.locator("#photos-chosen").set_input_files([heic])
    image = page.locator("#photos img")
    expect(image).to_have_attribute("src", re.compile(r"/thumbnail/$"))
    expect_tags(page, 1)
    expect(image).to_be_visible()


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_proxys_refusal_offers_another_try(page: Page, status: int) -> None:
    """What a proxy answers while the site restarts says nothing about the photos: they stay."""
    api = "**/api/v1/drafts/"
    page.route(api, lambda route: route.fulfill(status=status, body="<h1>Nothing here</h1>"))
    page.locator("#photos-chosen").set_input_files([photo()])
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong on our side.")

    page.unroute(api)
    page.get_by_role("button", name="Try again").click()
    expect_tags(page, 1)


def test_a_proxys_404_does_not_end_the_wait_for_a_tag(page: Page) -> None:
    """The tag appears although a proxy did not find the site the first two times."""
    refused: list[Route] = []

    def refuse_twice(route: Route) -> None:
        if len(refused) == 2:
            route.continue_()
            return
        refused.append(route)
        route.fulfill(status=404, body="Not found")

    page.route("**/listings/*/tags/", refuse_twice)
    page.locator("#photos-chosen").set_input_files([photo()])
    expect_tags(page, 1)
    assert len(refused) == 2


def test_it_works_without_javascript(running_system: System, browser: Browser) -> None:
    """The plain form leads to a page that reloads itself until the tag is there."""
    context = browser.new_context(base_url=running_system.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Name").fill(SELLER[0])
    page.get_by_label("Password").fill(SELLER[1])
    page.get_by_role("button", name="Sign in").click()
    page.goto("/")
    page.locator("#photos-chosen").set_input_files([photo()])
    page.get_by_role("button", name="Send photos").click()
    expect(page.locator('.tag[data-status="classified"]')).to_be_visible(timeout=TAGGED_WITHIN_MS)
    context.close()


def test_a_phone_shows_the_camera_and_nothing_sticks_out(
    running_system: System, browser: Browser, page: Page
) -> None:
    """On a narrow touch screen there is a camera button, and the page is as wide as the screen."""
    phone = browser.new_context(
        base_url=running_system.address,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        color_scheme="dark",
        storage_state=page.context.storage_state(),
    )
    narrow = phone.new_page()
    narrow.goto("/")
    expect(narrow.get_by_text("Take a photo")).to_be_visible()
    assert narrow.evaluate("document.documentElement.scrollWidth") == 360
    phone.close()
