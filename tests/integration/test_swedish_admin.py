"""A moderator's day in Swedish, from the choice of the language to the last page: nothing is left
in English but what people wrote.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import BrowserContext, Page, expect

from classifier.models import GoldenPhoto
from tests.integration.english_texts import english_left
from tests.integration.every_page import ADMIN_PAGES
from tests.integration.review_site import (
    ADMINISTRATOR,
    OWNER,
    QUEUE,
    Site,
    open_queue,
    shown,
    stored,
)

pytestmark = pytest.mark.integration
expect.set_options(timeout=30_000)

ROWS: Final = "/admin/classifier/"
# What people wrote, and what they are called.
WRITTEN: Final = (
    "Ankle boots, hardly worn", "Photos of days", "seller-of-photos", "The shaft covers the ankle.",
    "A listing", ADMINISTRATOR, ADMINISTRATOR.capitalize(), OWNER.capitalize(), "seller",
    "Moderators", "Engineers",
)  # fmt: skip
# Theirs by their role, and two that are refused.
MODERATORS_PAGES: Final = (
    "/admin/", ROWS, QUEUE, f"{ROWS}review/quality/", f"{ROWS}review/grid/?tag=Shoes",
    f"{ROWS}listing/", f"{ROWS}listing/{{listing}}/change/", f"{ROWS}listing/{{listing}}/history/",
    f"{ROWS}listing/?q=nothing-of-this-name",
    f"{ROWS}listingphoto/", f"{ROWS}listingphoto/{{listingphoto}}/change/",
    f"{ROWS}listingphoto/{{listingphoto}}/history/", f"{ROWS}listingphoto/?status__exact=failed",
    f"{ROWS}review/", f"{ROWS}review/?verdict__exact=bad_photo",
    f"{ROWS}driftday/", f"{ROWS}driftday/{{driftday}}/change/",
    f"{ROWS}goldenphoto/", f"{ROWS}nothing-of-this-name/",
    f"{ROWS}modelversion/", f"{ROWS}modelversion/{{version}}/change/",
    f"{ROWS}modelversion/{{other}}/change/", f"{ROWS}modelversion/{{version}}/reviews/",
    f"{ROWS}modelversion/{{version}}/history/",
    f"{ROWS}shadow/", f"{ROWS}shadow/{{shadow}}/change/",
    "/admin/search/?s=photo",
)  # fmt: skip
ADMINISTRATORS_PAGES: Final = (
    *(page for page in ADMIN_PAGES if set(page.split("/")) & {"guideline", "practiceverdict"}),
    f"{ROWS}goldenphoto/",
    f"{ROWS}guideline/add/", f"{ROWS}goldenphoto/{{goldenphoto}}/change/",
    f"{ROWS}goldenphoto/{{goldenphoto}}/delete/", f"{ROWS}listingphoto/{{listingphoto}}/delete/",
    f"{ROWS}modelversion/{{version}}/thresholds/?promise=5",
    f"{ROWS}modelversion/{{version}}/compare/?with={{other}}",
    *(page for page in ADMIN_PAGES if "/auth/" in page), f"{ROWS}auditentry/", f"{ROWS}alarm/",
    f"{ROWS}retrainrun/", f"{ROWS}retrainrun/{{retrainrun}}/change/",
)  # fmt: skip


@pytest.fixture
def swedish(site: Site, sign_in: Callable[..., BrowserContext]) -> Iterator[Callable[[str], Page]]:
    """Call it with a name for a Swedish browser, signed in."""
    right = Permission.objects.filter(codename="view_quality")
    with site.database():
        User.objects.get(username="anna").user_permissions.add(right.get())

    def page(name: str) -> Page:
        return sign_in(name, locale="sv-SE", base_url=site.system.address).new_page()

    yield page
    with site.database():
        User.objects.get(username="anna").user_permissions.remove(right.get())


def still_english(page: Page) -> list[str]:
    return english_left(page, but=WRITTEN)


def test_the_language_is_chosen_in_the_admins_menu(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """An English browser: one click in the menu, kept on other pages; and one click back."""
    page = sign_in("anna", locale="en-GB", base_url=site.system.address).new_page()
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Waiting for review")).to_be_visible()
    open_menu(page, "anna")
    page.get_by_role("button", name="Svenska").click()
    expect(page.get_by_role("heading", name="Väntar på granskning")).to_be_visible()
    page.goto(f"{ROWS}listing/")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    open_menu(page, "anna")
    expect(page.get_by_role("button", name="Svenska")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-gb")
    assert page.url.endswith(f"{ROWS}listing/")


def open_menu(page: Page, name: str) -> None:
    button = page.get_by_role("button", name="English")
    if not page.locator("#nav-sidebar").is_visible():
        page.locator("[x-on\\:click*=sidebar]").first.click()
    page.locator("#nav-sidebar").get_by_text(name, exact=True).click()
    expect(button).to_be_visible()


def test_every_page_that_moderators_open_is_in_swedish(
    site: Site, rows: dict[str, int], swedish: Callable[[str], Page]
) -> None:
    """Lists, rows, their history, empty lists, the quality page, refusals: no English on them."""
    page = swedish("anna")
    in_english: list[str] = []
    for address in MODERATORS_PAGES:
        page.goto(address.format(**rows))
        # Not until the network is idle: what the queue sends as it is left may be taken for a
        # request of the next page, which then has no end.
        expect(page.locator("#queue[data-state=loading]")).to_have_count(0)
        in_english += still_english(page)
    assert in_english == []


def test_what_administrators_prepare_for_moderators_is_in_swedish(
    site: Site, rows: dict[str, int], swedish: Callable[[str], Page]
) -> None:
    """Guidelines, golden photos, practice; accounts, audit log, status, retraining,
    thresholds and comparisons.
    """
    with site.database():
        rows["goldenphoto"] = GoldenPhoto.objects.get().pk
    page = swedish(ADMINISTRATOR)
    in_english: list[str] = []
    for address in ADMINISTRATORS_PAGES:
        page.goto(address.format(**rows))
        in_english += still_english(page)
    assert in_english == []


def test_a_day_of_verdicts_in_swedish(site: Site, swedish: Callable[[str], Page]) -> None:
    """A verdict by key, the list's actions, the grid, undoing, and what all this left on record."""
    first, second, *_others = site.photos(5, main=0.9, share=0.5)
    page = swedish("anna")
    in_english: list[str] = []
    open_queue(page, site)
    shown(page, first)
    page.keyboard.press("4")
    shown(page, second)
    stored(site, 1)
    in_english += still_english(page)
    page.goto(f"{ROWS}listingphoto/")
    confirm(page, in_english)
    page.get_by_role("button", name="Ångra").click()
    expect(page.get_by_text("Ångrat: 4 bilder.")).to_be_visible()
    in_english += still_english(page)
    act(page, "Försök igen (misslyckade bilder)")
    expect(page.get_by_text("Ingen av bilderna hade misslyckats")).to_be_visible()
    page.goto(f"{ROWS}review/grid/?tag=Shoes")
    page.get_by_role("button", name="Sätt 4 bilder").click()
    expect(page.get_by_text("4 bilder satta till Skor, annat.")).to_be_visible()
    in_english += still_english(page)
    for address in (f"{ROWS}review/", f"{ROWS}listingphoto/{first}/change/", "/admin/"):
        page.goto(address)
        in_english += still_english(page)
    page.goto(f"{ROWS}listingphoto/{first}/change/")
    expect(page.locator(".m-reviews")).to_contain_text("avgjorde den som Skor › Stövlar (kön)")
    assert in_english == []


def act(page: Page, action: str) -> None:
    """Choose all rows of a list, and an action for them."""
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label=action)
    page.get_by_role("button", name="Utför").click()


def confirm(page: Page, in_english: list[str]) -> None:
    act(page, "Bekräfta taggarna")
    expect(page.get_by_role("heading", name="4 bilder avgörs med sina taggar")).to_be_visible()
    in_english += still_english(page)
    page.get_by_role("button", name="Bekräfta 4").click()
    expect(page.get_by_text("4 bilder bekräftade.")).to_be_visible()
    in_english += still_english(page)
