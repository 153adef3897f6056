"""The Grad-CAM image in a browser: made by a real worker, or a sentence that says why not."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.review_site import PASSWORD, QUEUE, Site, open_queue, shown
from tests.pictures import jpeg
from tests.servers.system import System

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)


MODERATOR = """
from classifier.models import ListingPhoto, QueueItem
from classifier.review.queue import enqueue
from tests.tagged_photos import a_moderator
a_moderator("mara")
QueueItem.objects.update(is_open=False, claim=None, holder=None, held_until=None)
enqueue.ask_for(ListingPhoto.objects.filter(pk={photo}))
"""


def test_m_shows_the_gradcam_image(
    running_system: System, browser: Browser, tmp_path: Path
) -> None:
    """M asks a worker, which makes the map with the model in production; M again hides it."""
    file = tmp_path / "boots.jpg"
    file.write_bytes(jpeg())
    seller = running_system.seller()
    listing = seller.send_listing("To look at", [file])["id"]
    (photo,) = running_system.wait_for_results(seller, [listing])
    running_system.manage("shell", "--command", MODERATOR.format(photo=photo["id"]))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running_system.address}/admin/login/?next={QUEUE}")
    page.fill("[name=username]", "mara")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    shown(page, photo["id"])
    page.keyboard.press("m")
    expect(page.locator("#q-gradcam")).to_be_visible()
    # The map has the photo's shape, and lies upon it.
    sizes = [page.locator(f"#{name}").bounding_box() for name in ("q-image", "q-gradcam")]
    assert sizes[0] == sizes[1]
    shape = "image => image.naturalWidth / image.naturalHeight"
    ratios = [page.locator(f"#{name}").evaluate(shape) for name in ("q-image", "q-gradcam")]
    assert ratios[0] == pytest.approx(ratios[1], rel=0.01)
    page.keyboard.press("m")
    expect(page.locator("#q-gradcam")).not_to_be_visible()
    context.close()


def test_m_says_when_no_worker_answers(anna: Page, site: Site) -> None:
    """Without a broker the map key says so in words, and the photo stays."""
    (first,) = site.photos(1)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("m")
    expect(anna.locator("#q-toast")).to_contain_text("No worker can be reached")
    shown(anna, first)
