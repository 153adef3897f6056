"""The drift alarm in a browser: dark photos come in, the first page says so and shows them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import Alarm, DriftDay, ListingPhoto
from classifier.operations import alarms, checks
from classifier.versions import registry
from tests.drifting import dark, day_before, give_dark_files, stream, usual
from tests.integration.review_site import Site
from tests.integration.versions.site import FAINT
from tests.rows import a_listing

pytestmark = pytest.mark.integration
expect.set_options(timeout=30_000)
SHOWN = 8


@pytest.fixture
def dark_day(site: Site) -> Iterator[list[int]]:
    """Days as ever, then one with many dark photos, counted; the numbers of the darkest."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        listing = a_listing("Photos of days")
        for back in (3, 2):
            stream(champion, day_before(back), usual(260), listing=listing)
        stream(champion, day_before(1), usual(140), listing=listing)
        at_night = stream(champion, day_before(1), dark(80), listing=listing)[::-1][:SHOWN]
        give_dark_files(at_night)
    site.system.manage("drift")
    yield [photo.pk for photo in at_night]
    with site.database():
        listing.delete()
        DriftDay.objects.all().delete()
        Alarm.objects.filter(check_name="drift").delete()


def test_the_alarm_shows_what_moved_and_leads_to_a_photo(
    boss: Page, site: Site, dark_day: list[int]
) -> None:
    """The command finds it, the first page names it, a photo opens; the status page has it."""
    with site.database():
        alarms.consider([checks.Finding("drift", checks.drift())])
    boss.goto(f"{site.system.address}/admin/")
    stream_card = boss.get_by_role("region", name="Stream")
    expect(stream_card.get_by_role("heading")).to_have_text("The stream has drifted")
    expect(stream_card).to_contain_text("Photos with a brightness below 0.3 were 36 % of all")
    pictures = stream_card.locator("img")
    expect(pictures).to_have_count(SHOWN)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 240)
    pictures.first.click()
    expect(boss).to_have_url(
        f"{site.system.address}/admin/classifier/listingphoto/{dark_day[0]}/change/"
    )
    boss.goto(f"{site.system.address}/admin/classifier/alarm/")
    expect(boss.get_by_text("brightness below 0.3").first).to_be_visible()
    boss.goto(f"{site.system.address}/admin/")
    stream_card.get_by_role("link", name="Day by day").click()
    boss.get_by_role("row").filter(has_text="drifted").get_by_role("link").first.click()
    expect(boss.get_by_text("36 % of all, and 0 % in the days before")).to_be_visible()


def test_a_day_counted_anew_that_is_like_those_before_is_well(
    boss: Page, site: Site, dark_day: list[int]
) -> None:
    """The dark photos are lit again, the day is counted anew: the card says so, without photos."""
    with site.database():
        ListingPhoto.objects.filter(brightness__lt=0.3).update(brightness=0.62)
    site.system.manage("drift", "--day", day_before(1).isoformat())
    boss.goto(f"{site.system.address}/admin/")
    card = boss.get_by_role("region", name="Stream")
    expect(card).to_contain_text("The photos were like the days before.")
    expect(card.locator("img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_card_fits_a_phone_and_can_be_read(
    site: Site, dark_day: list[int], signed_in: Callable[..., BrowserContext], scheme: Any
) -> None:
    """Nothing has to be pushed sideways at 390 pixels; every text stands out, by day and night."""
    page = signed_in(viewport={"width": 390, "height": 844}, color_scheme=scheme).new_page()
    page.goto(f"{site.system.address}/admin/")
    expect(page.get_by_role("heading", name="The stream has drifted")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(FAINT, ".figures") == []
