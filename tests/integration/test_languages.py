"""Lists, light box, account and the moderators' queue in a browser, in Swedish and in English."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from classifier.accounts import new_address
from classifier.models import ListingPhoto
from tests.integration.every_page import photos
from tests.integration.review_site import OWNER, PASSWORD, Site, open_queue, shown, stored
from tests.rows import a_listing
from tests.servers.prepared import SECRET_KEY, hashed
from tests.tagged_photos import CONFIDENT, a_photo

pytestmark = pytest.mark.integration
expect.set_options(timeout=30_000)

NEW: Final = "another password of the tests"
ENGLISH: Final = {
    "search": "Search", "find": "Find", "class": "Class", "boots": "Boots", "bags": "Bags",
    "whole": "The whole photo", "at": "2 of 3", "close": "Close", "name": "Name",
    "password": "Password", "sign in": "Sign in", "change": "Change the password",
    "changed": "Your password is changed.", "old": "Old password", "new": "New password",
    "wrong": "This is not your present password.", "download": "Download your data",
    "delete": "Delete the account …", "yours": "Your password", "all": "Delete everything",
    "gone": "All deleted", "none": "No listing fits.", "address": "Change the address",
    "new address": "New e-mail address", "mail": "Send the mail",
    "no mail": "Mails cannot be sent just now.", "use it": "Use this address",
    "from now on": "Mails go to new@shop.example from now on.",
}  # fmt: skip
SWEDISH: Final = {
    "search": "Sök", "find": "Sök", "class": "Klass", "boots": "Stövlar", "bags": "Väskor",
    "whole": "Hela bilden", "at": "2 av 3", "close": "Stäng", "name": "Namn",
    "password": "Lösenord", "sign in": "Logga in", "change": "Ändra lösenordet",
    "changed": "Ditt lösenord är ändrat.", "old": "Gammalt lösenord", "new": "Nytt lösenord",
    "wrong": "Det är inte ditt nuvarande lösenord.", "download": "Ladda ner dina uppgifter",
    "delete": "Ta bort kontot …", "yours": "Ditt lösenord", "all": "Ta bort allt",
    "gone": "Allt borttaget", "none": "Ingen annons passar.", "address": "Ändra adressen",
    "new address": "Ny e-postadress", "mail": "Skicka e-brevet",
    "no mail": "Det går inte att skicka e-post just nu.", "use it": "Använd den här adressen",
    "from now on": "E-post går till new@shop.example från och med nu.",
}  # fmt: skip
LANGUAGES: Final = [
    pytest.param("en-US", ENGLISH, id="en"),
    pytest.param("sv-SE", SWEDISH, id="sv", marks=pytest.mark.on_postgresql),
]


@pytest.fixture
def listing(site: Site) -> int:
    """A listing with three photos; others with one."""
    with site.database():
        a_photo("Tote Bags", listing=a_listing("Tote in tan leather"), file=True, **CONFIDENT)
        return photos()["listing"]


@pytest.mark.parametrize(("locale", "words"), LANGUAGES)
def test_lists_are_searched_and_photos_seen_whole(
    site: Site,
    listing: int,
    sign_in: Callable[..., BrowserContext],
    locale: str,
    words: dict[str, str],
) -> None:
    """By the browser's language alone; the light box by keys, by touch and by buttons."""
    context = sign_in(OWNER, locale=locale, has_touch=True, base_url=site.system.address)
    page = context.new_page()
    page.goto("/listings/")
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    page.get_by_label(words["search"], exact=True).fill("ANKLE")
    page.get_by_role("button", name=words["find"], exact=True).click()
    expect(page.locator(".batch h2")).to_have_text(["Ankle boots, hardly worn"])
    page.get_by_label(words["class"]).select_option(label=words["boots"])
    page.get_by_role("button", name=words["find"], exact=True).click()
    expect(page.get_by_text(words["none"])).to_be_visible()
    page.goto("/listings/?q=ankle&kind=Bags")
    see_whole(page, words)
    page.goto("/photos/?kind=Bags")
    expect(page.locator(".wall .frame")).to_have_count(2)
    expect(page.locator(".wall .why").first).to_contain_text(words["bags"])


def see_whole(page: Page, words: dict[str, str]) -> None:
    box = page.get_by_role("dialog", name=words["whole"])
    links = page.locator("a[data-full]")
    links.first.click()
    expect(box.locator("img")).to_have_js_property("naturalWidth", 320)
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("status")).to_have_text(words["at"])
    for _ in range(6):  # the focus stays in the dialog, or with the browser itself
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('#light-box') !== null"
        )
    swipe(page, 200, 80)
    expect(box.get_by_role("status")).to_have_text(words["at"].replace("2", "3", 1))
    swipe(page, 80, 200)
    expect(box.get_by_role("status")).to_have_text(words["at"])
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    box.get_by_role("button", name=words["close"]).tap()
    expect(box).to_be_hidden()


def swipe(page: Page, start: int, end: int) -> None:
    """Draw a finger over the photo, as the browser's own touch events."""
    session = page.context.new_cdp_session(page)
    for kind, x in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [] if x is None else [{"x": x, "y": 300}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.detach()


def test_a_choice_is_kept_and_scripts_speak_it_too(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """An English browser, Swedish chosen at the foot of the page: texts of server and script."""
    context = sign_in(OWNER, locale="en-US", base_url=site.system.address)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Show us the piece")).to_be_visible()
    page.get_by_role("button", name="Svenska").click()
    expect(page.get_by_role("heading", name="Visa oss varan")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Annonser")).to_be_visible()
    text: FilePayload = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
    page.locator("#photos-chosen").set_input_files([text])
    card = page.locator("#photos .card")
    expect(card.get_by_role("alert")).to_contain_text("Filen är ingen bild som vi kan läsa.")
    expect(card.locator(".label")).to_have_text("Togs inte emot")
    expect(card.get_by_role("button", name="Ta bort a.txt")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Show us the piece")).to_be_visible()


def test_moderators_review_in_swedish(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """The queue's page, its keys and what a verdict brings."""
    photo, after = site.photos(2)
    page = sign_in("anna", locale="sv-SE", base_url=site.system.address).new_page()
    open_queue(page, site)
    shown(page, photo)
    expect(page.get_by_role("heading", name="Granskningskö")).to_be_visible()
    expect(page.locator("#q-why")).to_contain_text("Den är inte säker på huvudklassen")
    expect(page.get_by_role("button", name="Stövlar", exact=True)).to_be_visible()
    page.keyboard.press("4")
    shown(page, after)
    expect(page.locator("#q-toast-text")).to_have_text("Skor › Stövlar")
    expect(page.locator("#q-recent button")).to_have_accessible_name(
        f"Avgör på nytt: Skor › Stövlar, bild {photo}"
    )
    assert stored(site, 1) == [(photo, "subclass", "Shoes", "Boots")]
    page.keyboard.press("u")
    expect(page.locator("#q-toast-text")).to_contain_text("Ångrat")


@pytest.fixture
def newcomer(site: Site, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Call it with a browser's language for a page of somebody with one photo, signed out."""
    contexts: list[BrowserContext] = []

    def make(locale: str) -> Page:
        with site.database():
            name = f"seller-{locale}"
            user = User.objects.create(
                username=name, password=hashed(PASSWORD), email=f"{name}@shop.example"
            )
            listing = a_listing("Mine")
            listing.seller = user
            listing.save()
            a_photo(listing=listing, file=True, **CONFIDENT)
        contexts.append(browser.new_context(locale=locale, base_url=site.system.address))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def another_address(
    page: Page, site: Site, words: dict[str, str], name: str, settings: Any
) -> None:
    """Ask for it, which here no worker hears; then follow the link that the mail would bring."""
    page.get_by_role("link", name=words["address"]).click()
    page.get_by_label(words["new address"]).fill("new@shop.example")
    page.get_by_label(words["yours"]).fill(PASSWORD)
    page.get_by_role("button", name=words["mail"]).click()
    expect(page.get_by_text(words["no mail"])).to_be_visible()
    settings.SECRET_KEY = SECRET_KEY
    with site.database():
        token = new_address.token_for(User.objects.get(username=name), "new@shop.example")
    page.goto(f"/account/address/{token}/")
    page.get_by_role("button", name=words["use it"]).click()
    expect(page.get_by_text(words["from now on"])).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("new@shop.example").first).to_be_visible()


@pytest.mark.parametrize(("locale", "words"), LANGUAGES)
def test_an_account_from_its_page(
    site: Site,
    newcomer: Callable[[str], Page],
    locale: str,
    words: dict[str, str],
    tmp_path: Path,
    settings: Any,
) -> None:
    """Another address and password, the data as a file, everything gone: with a few clicks."""
    page = newcomer(locale)
    page.goto("/account/")
    page.get_by_label(words["name"], exact=True).fill(f"seller-{locale}")
    page.get_by_label(words["password"], exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words["sign in"]).click()
    another_address(page, site, words, f"seller-{locale}", settings)
    page.get_by_role("link", name=words["change"]).click()
    for old, expected in (("wrong", words["wrong"]), (PASSWORD, words["changed"])):
        page.get_by_label(words["old"]).fill(old)
        page.locator("[name=new_password1]").fill(NEW)
        page.locator("[name=new_password2]").fill(NEW)
        page.get_by_role("button", name=words["change"]).click()
        expect(page.get_by_text(expected)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=words["download"]).click()
    file = tmp_path / "data.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 2
    page.get_by_role("link", name=words["delete"]).click()
    page.get_by_label(words["yours"]).fill(NEW)
    page.get_by_role("button", name=words["all"]).click()
    expect(page.get_by_role("heading", name=words["gone"])).to_be_visible()
    with site.database():
        assert not User.objects.filter(username=f"seller-{locale}").exists()
        assert not ListingPhoto.objects.filter(listing__title="Mine").exists()
