"""An administrator makes a moderator with one form, in a browser; what that one sees then."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, expect

from tests.integration.review_site import ADMINISTRATOR, PASSWORD, QUEUE, Site, shown, stored

pytestmark = pytest.mark.integration

expect.set_options(timeout=30_000)


@pytest.mark.on_postgresql
def test_one_form_makes_a_moderator_who_begins_at_once(
    site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """A name, a role, a password, no list of rights; the new account settles a photo at once."""
    (photo,) = site.photos(1)
    boss = sign_in(ADMINISTRATOR, base_url=site.system.address).new_page()
    boss.goto("/admin/auth/user/add/")
    boss.locator("[name=username]").fill("dora")
    boss.get_by_label("Moderator").check()
    boss.locator("[name=password1]").fill(PASSWORD)
    boss.locator("[name=password2]").fill(PASSWORD)
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text("was added successfully").first).to_be_visible()
    try:
        page = sign_in("dora", base_url=site.system.address).new_page()
        page.goto(QUEUE)
        shown(page, photo)
        page.keyboard.press("4")
        assert stored(site, 1) == [(photo, "subclass", "Shoes", "Boots")]
        assert page.goto("/admin/auth/user/").status == 403
    finally:
        site.clear()
        with site.database():
            User.objects.get(username="dora").delete()
