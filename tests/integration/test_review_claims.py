"""The review queue in two windows: one photo on one screen, and back when it closes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import QueueItem
from tests.integration.review_site import Site, all_fetched, held, open_queue, shown, stored
from tests.servers.processes import wait_until

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)


@pytest.mark.both_databases
def test_two_windows_never_show_the_same_photo(
    anna: Page, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """What anna has before her, ben does not get, and both can decide at once."""
    photos = site.photos(4)
    open_queue(anna, site)
    shown(anna, photos[0])
    ben = sign_in("ben").new_page()
    open_queue(ben, site)
    shown(ben, photos[2])  # anna holds one more, fetched ahead
    anna.keyboard.press("1")
    ben.keyboard.press("2")
    shown(anna, photos[1])
    shown(ben, photos[3])
    assert sorted(photo or 0 for photo, *_ in stored(site, 2)) == [photos[0], photos[2]]
    ben.close()


def test_a_lost_claim_is_told_kindly_and_the_next_photo_comes(
    anna: Page, site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Anna was away, ben settled her photo: her key press says so and changes nothing."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    all_fetched(anna)  # or the request for her second photo holds the first anew
    with site.database():
        long_ago = timezone.now() - timedelta(minutes=5)
        QueueItem.objects.filter(photo=photos[0]).update(held_until=long_ago)
    ben = sign_in("ben").new_page()
    open_queue(ben, site)
    shown(ben, photos[0])
    ben.keyboard.press("0")
    stored(site, 1)
    anna.keyboard.press("1")
    expect(anna.locator("#q-toast")).to_contain_text("Someone else settled this photo")
    shown(anna, photos[1])
    assert site.reviews() == [(photos[0], "not_ours", None, None)]
    ben.close()


def test_a_closed_tab_gives_its_photos_back(anna: Page, site: Site) -> None:
    """Both photos of a closed page are free at once, without waiting for the lease."""
    site.photos(2)
    other = anna.context.new_page()
    open_queue(other, site)
    expect(other.locator("#queue")).to_have_attribute("data-state", "ready")
    wait_until(lambda: held(site) == 2, what="both photos are held", seconds=20)
    # The server's claim is the page's only once the answer has arrived.
    other.wait_for_load_state("networkidle")
    other.close(run_before_unload=True)
    wait_until(lambda: held(site) == 0, what="both photos are free", seconds=20)
