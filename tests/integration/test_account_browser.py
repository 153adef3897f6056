"""From signing up to a forgotten password in a browser, by the links in the mails themselves."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from tests.integration.review_site import PASSWORD, Site, sign_out
from tests.servers.processes import Program, wait_until

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)

ADDRESS: Final = "sara@shop.example"
NEW: Final = "another password of the tests"


@pytest.fixture
def link_in_mail(site: Site) -> Iterator[Callable[[str], str]]:
    """Call it with an address for the link in the next mail, which must go there.

    A broker and a worker send mails for as long as the test runs.
    """
    worker = Program("mailer", [
        Path(sys.executable).parent / "celery", "--app", "slowfashion_ai", "worker",
        "--pool", "solo", "--queues", "maintenance", "--without-gossip", "--without-mingle",
        "--without-heartbeat",
    ], site.folder, site.system.env)  # fmt: skip
    read: set[Path] = set()

    def next_link(address: str) -> str:
        links: list[str] = []

        def arrived() -> bool:
            for path in set(site.mails.glob("*.log")) - read:
                text = path.read_text(encoding="utf-8")
                # A line of hyphens ends each: before it the mail is still being written.
                if text.endswith("-\n"):
                    assert f"To: {address}\n" in text
                    links.extend(re.findall(rf"{site.system.address}(/\S+)", text))
                    read.add(path)
            return bool(links)

        wait_until(arrived, what=f"a mail to {address} arrives")
        (link,) = links
        return link

    site.system.start_redis()
    worker.start()
    yield next_link
    worker.kill()
    site.system.redis.kill()
    with site.database():
        User.objects.filter(username=ADDRESS).delete()


def choose_password(page: Page, password: str, button: str) -> None:
    page.locator("[name=new_password1]").fill(password)
    page.locator("[name=new_password2]").fill(password)
    page.get_by_role("button", name=button).click()


def try_to_sign_in(page: Page, password: str) -> None:
    page.get_by_label("Name").fill(ADDRESS)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.both_databases
def test_a_seller_signs_up_forgets_the_password_and_gets_another_by_mail(
    site: Site, browser: Browser, link_in_mail: Callable[[str], str]
) -> None:
    """From the sign-in page, as a stranger; each link leads on once, and the old password ends."""
    context = browser.new_context(base_url=site.system.address)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("status")).to_contain_text(f"A mail to {ADDRESS} is on its way.")
    begin = link_in_mail(ADDRESS)
    page.goto(begin)
    expect(page.get_by_text(f"Your name here is {ADDRESS}.")).to_be_visible()
    choose_password(page, ADDRESS, "Make the account")
    expect(page.get_by_role("alert")).to_contain_text("too similar")
    choose_password(page, PASSWORD, "Make the account")
    page.wait_for_url(f"{site.system.address}/")
    sign_out(page)

    page.goto(begin)
    expect(page.get_by_text("This link was used already")).to_be_visible()
    page.goto("/account/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(ADDRESS.upper())
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("status")).to_contain_text("a mail with a link is on its way")
    reset = link_in_mail(ADDRESS)
    page.goto(reset)
    choose_password(page, NEW, "Set the password")
    expect(page.get_by_role("status")).to_contain_text("Your new password is set.")
    try_to_sign_in(page, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    try_to_sign_in(page, NEW)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(reset)
    expect(page.get_by_text("This link was used already")).to_be_visible()
    context.close()
