"""axe finds nothing on any page: light and dark, wide and on a phone (WCAG 2.2 AA)."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page, Route

from classifier.accounts import mail_links, new_address
from tests.integration.every_page import ADMIN_PAGES, SELLERS_PAGES, photos
from tests.integration.review_site import ADMINISTRATOR, OWNER, QUEUE, Site, all_at_rest
from tests.rows import pending_photos
from tests.servers.prepared import SECRET_KEY

pytestmark = pytest.mark.integration

EVERYTHING: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# What is dark differs in its colours alone.
COLOURS: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
# Each page is loaded once; then the window is as wide as this, in this scheme.
VARIANTS: Final = ((1280, "light", EVERYTHING), (390, "light", EVERYTHING), (390, "dark", COLOURS))
SCHEME: Final = "(dark) => document.documentElement.classList.toggle('dark', dark)"
SMALL: Final = (Path(__file__).parent / "small_targets.js").read_text(encoding="utf-8")
TEMPLATES: Final = {400: "400.html", 403: "403_csrf.html", 500: "500.html", 503: "503.html"}


@pytest.fixture
def page_of(sign_in: Callable[..., BrowserContext], site: Site) -> Callable[[str], Page]:
    """Call it with a name for a page with a touch screen, as that person."""

    def page(name: str) -> Page:
        options = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
        context = sign_in(name, base_url=site.system.address, **options)
        context.add_init_script(Axe().axe_script)
        return context.new_page()

    return page


def violations(page: Page) -> list[str]:
    """What axe finds on a page in each variant, and what is too small to touch."""
    faults = []
    for width, scheme, options in VARIANTS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        # The admin asks for the scheme when it is loaded, and keeps it as a class.
        page.evaluate(SCHEME, scheme == "dark")
        all_at_rest(page)
        for rule in page.evaluate("axe.run.bind(axe)", options)["violations"]:
            faults += [
                f"{width} {scheme} {page.url}: {rule['id']}: {node['target']} {node['html'][:160]}"
                for node in rule["nodes"][:3]
            ]
    faults += [f"{page.url} is too small to touch: {each}" for each in page.evaluate(SMALL)]
    return faults


def visit(page: Page, paths: Iterable[str], rows: dict[str, int]) -> list[str]:
    """What is found on these pages, each of which is there."""
    faults = []
    for path in paths:
        answer = page.goto(path.format(**rows), wait_until="load")
        assert answer is not None
        # Not the page to sign in, nor one that says what went wrong.
        assert (answer.status, page.url.endswith(path.format(**rows))) == (200, True), path
        if path == QUEUE:
            page.wait_for_function("document.querySelector('#queue').dataset.state != 'loading'")
        faults += violations(page)
    return faults


def report(faults: list[str]) -> None:
    if name := os.environ.get("AXE_REPORT"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in faults))
    assert faults == []


def test_axe_finds_nothing_on_a_sellers_pages(site: Site, page_of: Callable[[str], Page]) -> None:
    """Every page of a seller, a photo seen whole, the API, and each that says what went wrong."""
    with site.database():
        rows = photos()
    page = page_of(OWNER)
    faults = visit(page, SELLERS_PAGES, rows)
    page.goto("/photos/")
    page.locator("a[data-full]").first.click()
    page.get_by_role("dialog", name="The whole photo").wait_for()
    faults += violations(page)
    for path, status in (("/no/such/page", 404), ("/admin/login/", 403)):
        answer = page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == status
        faults += violations(page)
    for status, template in TEMPLATES.items():
        faults += violations(broken(page, status, template))
    report(faults)


def broken(page: Page, status: int, template: str) -> Page:
    """Open a page that answers as the site does when it is in trouble."""

    def answer(route: Route) -> None:
        body = render_to_string(template, {"why": "The database is away."})
        route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")

    page.route(f"**/trouble/{template}", answer)
    page.goto(f"/trouble/{template}", wait_until="load")
    return page


def test_axe_finds_nothing_on_the_pages_of_the_admin(
    site: Site, rows: dict[str, int], page_of: Callable[[str], Page]
) -> None:
    """Every page of moderators, engineers and administrators, those of packages too."""
    page = page_of(ADMINISTRATOR)
    faults = visit(page, ADMIN_PAGES, rows)
    report(faults + violations(bulk_confirmation(page)))


def test_axe_finds_nothing_below_a_table_of_several_pages(
    site: Site, page_of: Callable[[str], Page]
) -> None:
    """The numbers of its pages can be read and touched, and stand in a row, also on a phone."""
    with site.database():
        pending_photos(101)
    page = page_of(ADMINISTRATOR)
    report(visit(page, ["/admin/classifier/listingphoto/?p=2"], {}))
    assert page.viewport_size == {"width": 390, "height": 844}
    first, last = (page.locator(f"a[href='?p={number}']").bounding_box() for number in (1, 3))
    assert first is not None
    assert last is not None
    assert first["y"] == last["y"]
    assert first["x"] < last["x"]


def bulk_confirmation(page: Page) -> Page:
    """Choose photos in the list, and open the page that asks whether their tags are right."""
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto("/admin/classifier/listingphoto/?outcome__exact=subclass", wait_until="load")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("confirm_prediction")
    page.get_by_role("button", name="Run").click()
    page.locator("[name=apply]").wait_for()
    return page


def test_axe_finds_nothing_where_nobody_is_signed_in(
    site: Site, browser: Browser, settings: Any
) -> None:
    """The page to sign in, the same with a wrong password, and the ways to an account."""
    context = browser.new_context(
        base_url=site.system.address, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    context.add_init_script(Axe().axe_script)
    page = context.new_page()
    page.goto("/login/")
    faults = violations(page)
    page.get_by_label("Name").fill("somebody")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    faults += violations(page)
    settings.SECRET_KEY = SECRET_KEY
    unused = mail_links.token_for("new@shop.example")
    with site.database():
        owner = User.objects.get(username=OWNER)
        address = new_address.token_for(owner, "new@shop.example")
    paths = (
        "/login/forgotten/", "/sign-up/", f"/sign-up/{unused}/", f"/account/address/{address}/",
    )  # fmt: skip
    for path in paths:
        page.goto(path)
        page.locator("form[method=post]").last.wait_for()
        faults += violations(page)
    context.close()
    report(faults)
