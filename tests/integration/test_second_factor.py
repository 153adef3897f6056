"""A second factor in a browser: turned on, asked for, lost, locked out, required of staff."""

from base64 import b32decode
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from classifier.models import AuditEntry
from tests.integration.review_site import PASSWORD, Site, running, sign_out
from tests.integration.test_accessibility import report, violations
from tests.integration.test_draft import all_sent, choose, photo
from tests.second_factor import a_second_factor, code_for, code_of, wrong_code
from tests.servers.prepared import SECRET_KEY, hashed

pytestmark = pytest.mark.integration

PHONE: Final = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
    "color_scheme": "dark", "reduced_motion": "reduce",
}  # fmt: skip


@pytest.fixture(scope="module")
def strict_site(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """A site whose staff must have a second factor."""
    with running(django_db_blocker, SECOND_FACTOR="staff", LOGINS_PER_MINUTE="10000") as site:
        yield site


@pytest.fixture
def person(strict_site: Site) -> Iterator[Callable[..., User]]:
    """Call it with a name for an account that is there until the test ends."""
    made: list[User] = []

    def make(name: str, **more: Any) -> User:
        with strict_site.database():
            made.append(User.objects.create(username=name, password=hashed(PASSWORD), **more))
        return made[-1]

    yield make
    with strict_site.database():
        strict_site.clear()
        for user in made:
            user.delete()


@pytest.fixture
def window(strict_site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Call it for a page in a browser in which nobody is signed in."""
    contexts = []

    def make(**options: Any) -> Page:
        contexts.append(browser.new_context(base_url=strict_site.system.address, **options))
        contexts[-1].set_default_timeout(30_000)
        contexts[-1].add_init_script(Axe().axe_script)
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def give_password(page: Page, name: str, path: str = "/account/") -> None:
    """Open a page as somebody who is asked to sign in for it."""
    page.goto(path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def give_code(page: Page, code: str) -> None:
    field = page.get_by_role("textbox", name="Code")
    field.fill(code)
    field.press("Enter")


def already_on(site: Site, user: User) -> list[str]:
    """Turn it on past the pages; return the backup codes."""
    # With the site's key, under which it has the hashes.
    with site.database(), override_settings(SECRET_KEY=SECRET_KEY):
        return a_second_factor(user)


def new_code(site: Site, user: User) -> str:
    with site.database():
        return code_of(user)


def a_wrong_code(site: Site, user: User) -> str:
    with site.database():
        return wrong_code(user)


def turn_on(page: Page) -> list[str]:
    """Turn it on as the page says; return the backup codes."""
    secret = page.locator(".secret").inner_text().replace(" ", "")
    assert f"secret={secret}" in str(page.locator("a[href^='otpauth:']").get_attribute("href"))
    page.get_by_role("textbox", name="Code").fill(code_for(b32decode(secret).hex()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Your password").press("Enter")
    expect(page.get_by_role("heading", name="Your backup codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    return codes


def test_a_seller_turns_it_on_and_signs_in_by_keys(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """On a phone in the dark; axe finds nothing on any of the pages, nor what is too small."""
    sara = person("sara")
    page = window(**PHONE)
    give_password(page, "sara")
    page.get_by_role("link", name="Turn it on").click()
    expect(page.get_by_role("img", name="QR code with the secret")).to_be_visible()
    faults = violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    turn_on(page)
    faults += violations(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("It is on")).to_be_visible()
    for name in ("second-factor/", "second-factor/backup-codes/", "second-factor/off/"):
        page.goto(f"/account/{name}")
        faults += violations(page)

    sign_out(page)
    page.goto("/photos/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("sara")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    field = page.get_by_role("textbox", name="Code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")
    faults += violations(page)
    page.keyboard.type(a_wrong_code(strict_site, sara))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    expect(field).to_be_focused()
    faults += violations(page)
    page.keyboard.type(new_code(strict_site, sara))
    page.keyboard.press("Enter")
    page.wait_for_url("**/photos/")
    report(faults)


def test_a_backup_code_leads_to_a_new_phone(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """Signed in with one, turned off with another, and on again."""
    sara = person("sara")
    codes = already_on(strict_site, sara)
    page = window()
    give_password(page, "sara")
    give_code(page, f"{codes[0][:5]} {codes[0][5:]}")
    page.get_by_role("link", name="Backup codes, new phone").click()
    expect(page.get_by_text("9 backup codes are left")).to_be_visible()
    page.get_by_role("link", name="Turn it off").click()
    page.get_by_role("textbox", name="Code").fill(codes[0])
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("alert")).to_contain_text("it was used before")
    page.get_by_role("textbox", name="Code").fill(codes[1])
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("status")).to_contain_text("The second factor is off")
    page.get_by_role("link", name="Turn it on").click()
    turn_on(page)


def test_wrong_codes_lock_the_account(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """Five of them; then the right one is refused too, also after the password anew."""
    sara = person("sara-of-many-codes")
    already_on(strict_site, sara)
    page = window()
    give_password(page, sara.username)
    for _ in range(5):
        give_code(page, a_wrong_code(strict_site, sara))
        expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    give_code(page, new_code(strict_site, sara))
    expect(page.get_by_role("alert")).to_contain_text("too many attempts")
    page.get_by_role("link", name="Back to the sign-in page").click()
    give_password(page, sara.username)
    give_code(page, new_code(strict_site, sara))
    expect(page.get_by_role("alert")).to_contain_text("too many attempts")
    with strict_site.database():
        wrong = AuditEntry.objects.filter(who=sara.username, action="entered a wrong code")
        assert wrong.count() == 5


def test_staff_are_led_to_get_one_before_the_admin(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """They end where they wanted to go, and next time the code is asked for."""
    root = person("root", is_staff=True, is_superuser=True)
    page = window()
    give_password(page, "root", "/admin/auth/user/")
    expect(page.get_by_text("it needs a second factor first")).to_be_visible()
    page.goto("/photos/")
    expect(page.get_by_text("it needs a second factor first")).to_be_visible()
    page.goto("/admin/auth/user/")
    turn_on(page)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/auth/user/")
    other = window()
    give_password(other, "root", "/admin/")
    give_code(other, new_code(strict_site, root))
    other.wait_for_url("**/admin/")


def test_an_administrator_resets_a_lost_one(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """By the button on the account's page, after a question; the other is signed out."""
    root, sara = person("root", is_staff=True, is_superuser=True), person("sara")
    already_on(strict_site, root)
    already_on(strict_site, sara)
    seller = window()
    give_password(seller, "sara")
    give_code(seller, new_code(strict_site, sara))
    expect(seller.get_by_text("It is on")).to_be_visible()
    page = window()
    give_password(page, "root", f"/admin/auth/user/{sara.pk}/change/")
    give_code(page, new_code(strict_site, root))
    page.get_by_role("link", name="Reset second factor").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("The second factor of sara is reset.")).to_be_visible()
    seller.reload()
    expect(seller.get_by_role("heading", name="Welcome back")).to_be_visible()
    give_password(seller, "sara")
    expect(seller.get_by_role("link", name="Turn it on")).to_be_visible()


def test_an_upload_whose_session_ended_asks_for_the_code_in_place(
    strict_site: Site, person: Callable[..., User], window: Callable[..., Page]
) -> None:
    """After the password, in the same dialog; then the photos go on."""
    sara = person("sara")
    already_on(strict_site, sara)
    page = window(**PHONE)
    give_password(page, "sara", "/")
    give_code(page, new_code(strict_site, sara))
    choose(page, photo("a.jpg"))
    all_sent(page, 1)
    with strict_site.database():
        Session.objects.all().delete()
    choose(page, photo("b.jpg", 300))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    field = dialog.get_by_label("Code of your app")
    expect(field).to_be_focused()
    expect(dialog.get_by_label("Password")).to_be_hidden()
    faults = violations(page)
    field.fill(a_wrong_code(strict_site, sara))
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("This code is wrong")
    field.fill(new_code(strict_site, sara))
    dialog.get_by_role("button", name="Sign in").click()
    all_sent(page, 2)
    report(faults)
