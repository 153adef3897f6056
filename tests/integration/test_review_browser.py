"""The review queue in a browser, with a real keyboard."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker

from classifier.models import Listing, ListingPhoto, QueueItem, Review
from classifier.review import shortcuts
from classifier.review.shortcuts import Key
from tests.databases import database_at, default_database
from tests.servers.processes import wait_until
from tests.servers.system import System
from tests.tagged_photos import UNKNOWN, a_photo

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)

PASSWORD = "a password of the tests"
SET_UP = """
from tests.tagged_photos import a_moderator
for name in ("anna", "ben"):
    a_moderator(name)
"""
QUEUE = "/admin/classifier/review/queue/"


class Site:
    """The web server alone, and its database for the test to look into."""

    def __init__(self, folder: Path, blocker: DjangoDbBlocker) -> None:
        self.folder = folder
        self.system = System(folder, {"REVIEW_SAMPLE_SHARE": "0"})
        self._blocker = blocker
        self._database = database_at(f"sqlite:///{folder / 'db.sqlite3'}")

    @contextmanager
    def database(self) -> Iterator[None]:
        with self._blocker.unblock(), default_database(self._database):
            yield

    def photos(self, count: int, sub: str = "Boots", **shares: float) -> list[int]:
        """Make unknown photos with files, the first of them the oldest; return their numbers."""
        with self.database():
            start = timezone.now() - timedelta(hours=1)
            return [
                a_photo(sub, at=start + timedelta(seconds=n), file=True, **(shares or UNKNOWN)).pk
                for n in range(count)
            ]

    def reviews(self) -> list[tuple[int | None, str, str | None, str | None]]:
        """Return photo, verdict, main and sub of every review row, the oldest first."""
        with self.database():
            rows = Review.objects.order_by("id")
            return list(rows.values_list("photo_id", "verdict", "main", "sub"))

    def clear(self) -> None:
        with self.database():
            Review.objects.all()._raw_delete("default")  # type: ignore[attr-defined]  # past the guard, as no program may
            Listing.objects.all().delete()


@pytest.fixture(scope="module")
def running_site(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    # Not pytest's own folder: its path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="sf-") as name:
        site = Site(Path(name), django_db_blocker)
        try:
            site.system.set_up()
            site.system.manage("shell", "--command", SET_UP)
            site.system.web.start()
            wait_until(site.system.page_answers, what="the page answers")
            yield site
        finally:
            site.system.kill()


@pytest.fixture
def site(running_site: Site, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    # Playwright's loop runs in this thread; Django would refuse the database beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.REVIEW_SAMPLE_SHARE = 0.0
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": running_site.folder / "media", "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    yield running_site
    running_site.clear()


@pytest.fixture(scope="module")
def sign_in(browser: Browser, running_site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Call it with a name to get a browser window signed in as that moderator."""
    kept: dict[str, Any] = {}
    contexts: list[BrowserContext] = []

    def make(name: str, **options: Any) -> BrowserContext:
        if name not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{running_site.system.address}/admin/login/?next=/healthz")
            page.fill("[name=username]", name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/healthz")
            kept[name] = context.storage_state()
            context.close()
        contexts.append(browser.new_context(storage_state=kept[name], **options))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def anna(site: Site, sign_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of anna's, closed at the end so that it gives its photos back."""
    page = sign_in("anna").new_page()
    yield page
    page.close()


def open_queue(page: Page, site: Site) -> None:
    page.goto(site.system.address + QUEUE)
    expect(page.locator("#queue")).not_to_have_attribute("data-state", "loading")


def shown(page: Page, photo: int) -> None:
    """Wait until the page shows this photo, ready for a verdict."""
    expect(page.locator("#queue")).to_have_attribute("data-photo", str(photo))
    expect(page.locator("#queue")).to_have_attribute("data-state", "ready")


def stored(site: Site, count: int) -> list[tuple[int | None, str, str | None, str | None]]:
    """Wait until that many review rows are stored, and return them."""
    wait_until(lambda: len(site.reviews()) >= count, what=f"{count} reviews are stored", seconds=30)
    return site.reviews()


@pytest.mark.parametrize(
    "key",
    [key for key in shortcuts.every_key() if key.verdict],
    ids=lambda key: f"{key.key} {key.name}",
)
def test_every_verdict_key(key: Key, anna: Page, site: Site) -> None:
    """Each key of the table stores the verdict its button names, and shows the next photo."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.locator(f"[data-key='{key.key}']")).to_contain_text(key.name)
    anna.keyboard.press(key.key.lower())
    shown(anna, second)
    expect(anna.locator("#q-toast")).to_contain_text(key.sub or key.name)
    assert stored(site, 1) == [(first, key.verdict, key.main or None, key.sub or None)]


def test_y_confirms_the_guess(anna: Page, site: Site) -> None:
    """Y decides what the model guessed first."""
    first, second = site.photos(2, sub="Tote Bags")
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("y")
    shown(anna, second)
    assert stored(site, 1) == [(first, "subclass", "Bags", "Tote Bags")]


def test_u_undoes_again_and_again(anna: Page, site: Site) -> None:
    """U brings the photo back with a row that voids the verdict; another U goes one further."""
    first, second, third = site.photos(3)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    shown(anna, second)
    anna.keyboard.press("2")
    shown(anna, third)
    anna.keyboard.press("u")
    shown(anna, second)
    anna.keyboard.press("u")
    shown(anna, first)
    anna.keyboard.press("4")
    shown(anna, second)
    assert [verdict for _, verdict, *_ in stored(site, 5)] == [
        "subclass", "subclass", "undone", "undone", "subclass",
    ]  # fmt: skip
    with site.database():
        assert Review.objects.standing().get().photo_id == first


def test_u_undoes_after_a_reload(anna: Page, site: Site) -> None:
    """The last verdict can be undone though the page has been loaded anew."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("1")
    stored(site, 1)
    open_queue(anna, site)
    anna.keyboard.press("u")
    shown(anna, first)


def test_s_skips_and_b_goes_back(anna: Page, site: Site) -> None:
    """S shows the next photo, B the one before; what was skipped can be had again at the end."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("s")
    shown(anna, second)
    anna.keyboard.press("b")
    shown(anna, first)
    anna.keyboard.press("s")
    shown(anna, second)
    anna.keyboard.press("s")
    expect(anna.locator("#q-empty-text")).to_contain_text("You skipped 2 photos")
    anna.get_by_role("button", name="Show what I skipped").click()
    shown(anna, first)
    assert site.reviews() == []


def test_b_after_a_verdict_undoes_it(anna: Page, site: Site) -> None:
    """Back on a decided photo takes the verdict back, so that a new one can be given."""
    first, second = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("x")
    shown(anna, second)
    anna.keyboard.press("b")
    shown(anna, first)
    assert [verdict for _, verdict, *_ in stored(site, 2)] == ["bad_photo", "undone"]


def test_question_mark_helps_and_decides_nothing(anna: Page, site: Site) -> None:
    """? lists every key; while the list is open no key decides; Esc closes it."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("?")
    dialog = anna.get_by_role("dialog")
    for key in shortcuts.every_key():
        expect(dialog.locator("dt", has_text=re.compile(f"^{re.escape(key.key)}$"))).to_have_count(
            1
        )
    anna.keyboard.press("1")
    anna.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    shown(anna, first)
    assert site.reviews() == []


def test_m_says_when_no_worker_answers(anna: Page, site: Site) -> None:
    """Without a broker the map key says so in words, and the photo stays."""
    (first,) = site.photos(1)
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("m")
    expect(anna.locator("#q-toast")).to_contain_text("No worker can be reached")
    shown(anna, first)


def test_m_lays_the_map_over_the_photo(anna: Page, site: Site) -> None:
    """M shows where the model looked, M again hides it."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from classifier.models import ModelVersion
    from classifier.review.heat import stored_name
    from tests.pictures import encoded, scene

    (first,) = site.photos(1)
    with site.database():
        ModelVersion.objects.update(state="champion", promoted_at=timezone.now())
        name = stored_name(first, ModelVersion.objects.get().name)
    default_storage.save(name, ContentFile(encoded(scene(mode="RGBA"), "PNG")))
    open_queue(anna, site)
    shown(anna, first)
    anna.keyboard.press("m")
    expect(anna.locator("#q-heat")).to_be_visible()
    anna.keyboard.press("m")
    expect(anna.locator("#q-heat")).not_to_be_visible()


def test_a_stuck_key_gives_one_verdict(anna: Page, site: Site) -> None:
    """A key that repeats decides one photo; it counts again after it was let go."""
    first, second, third = site.photos(3)
    open_queue(anna, site)
    shown(anna, first)
    for _ in range(30):
        anna.keyboard.down("1")  # from the second on, the browser says that it repeats
    shown(anna, second)
    anna.wait_for_timeout(300)
    assert len(stored(site, 1)) == 1
    anna.keyboard.up("1")
    anna.keyboard.press("1")
    shown(anna, third)
    assert len(stored(site, 2)) == 2


def test_keys_with_a_modifier_are_the_browsers(anna: Page, site: Site) -> None:
    """Ctrl+U or Alt+1 decide nothing."""
    first, _ = site.photos(2)
    open_queue(anna, site)
    shown(anna, first)
    for keys in ("Control+1", "Alt+1", "Control+x"):
        anna.keyboard.press(keys)
    anna.wait_for_timeout(200)
    shown(anna, first)
    assert site.reviews() == []


def test_a_blind_photo_hides_the_guess_until_decided(anna: Page, site: Site, settings: Any) -> None:
    """In the sample no bar, tag or highlighted button is shown; the toast then tells."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    (first,) = site.photos(1, sub="Flats", main=0.99, share=0.97)
    open_queue(anna, site)
    shown(anna, first)
    expect(anna.locator("#q-mark")).to_have_text("Blind sample")
    expect(anna.locator("#q-bars div")).to_have_count(0)
    expect(anna.locator("#q-said")).not_to_be_visible()
    expect(anna.locator("[data-guess]")).to_have_count(0)
    anna.keyboard.press("y")  # there is no guess to confirm
    shown(anna, first)
    anna.keyboard.press("4")
    expect(anna.locator("#q-toast")).to_contain_text("the model said Shoes › Flats")
    with site.database():
        review = Review.objects.get()
    assert (review.sampled, review.blind, review.sub) == (True, True, "Boots")


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


def held(site: Site) -> int:
    with site.database():
        return QueueItem.objects.filter(claim__isnull=False).count()


def test_an_ended_session_loses_no_verdict(
    site: Site, browser: Browser, sign_in: Callable[..., BrowserContext]
) -> None:
    """Signed out in mid-queue, the page keeps the verdict and sends it after the next sign-in."""
    photos = site.photos(3)
    context = browser.new_context()
    page = context.new_page()
    sign = lambda tab: (  # noqa: E731  # said twice below
        tab.fill("[name=username]", "ben"),
        tab.fill("[name=password]", PASSWORD),
        tab.press("[name=password]", "Enter"),
    )
    page.goto(f"{site.system.address}/admin/login/?next={QUEUE}")
    sign(page)
    shown(page, photos[0])
    mine = next(each["value"] for each in context.cookies() if each["name"] == "sessionid")
    with site.database():
        Session.objects.filter(session_key=mine).delete()
    page.keyboard.press("1")
    expect(page.locator("#q-banner")).to_contain_text("1 verdict is kept here")
    assert site.reviews() == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    sign(opened.value)
    opened.value.wait_for_url(f"**{QUEUE}")
    assert stored(site, 1)[0] == (photos[0], "subclass", "Clothing", "Dresses")
    expect(page.locator("#q-banner")).not_to_be_visible()
    context.close()


def test_a_lost_connection_loses_no_verdict(anna: Page, site: Site) -> None:
    """Without a network the verdict waits in the page, also over a reload, and is sent later."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    shown(anna, photos[0])
    anna.wait_for_timeout(500)
    anna.route("**/queue/decide/", lambda route: route.abort())
    anna.keyboard.press("3")
    shown(anna, photos[1])
    expect(anna.locator("#q-banner")).to_contain_text("1 verdict is kept here")
    anna.unroute("**/queue/decide/")
    anna.reload()
    assert stored(site, 1) == [(photos[0], "subclass", "Clothing", "Skirts")]


def test_a_deleted_photo_and_a_missing_file_are_told(anna: Page, site: Site) -> None:
    """A photo without its file can be judged bad; one that is gone brings the next."""
    photos = site.photos(3)
    with site.database():
        file = ListingPhoto.objects.get(pk=photos[0]).image
        file.storage.delete(file.name)
    open_queue(anna, site)
    shown(anna, photos[0])
    expect(anna.locator("#q-missing")).to_be_visible()
    anna.keyboard.press("x")
    shown(anna, photos[1])
    expect(anna.locator("#q-missing")).not_to_be_visible()
    with site.database():
        Listing.objects.filter(photos=photos[1]).delete()
    anna.keyboard.press("1")
    expect(anna.locator("#q-toast")).to_contain_text("deleted meanwhile")
    shown(anna, photos[2])


def test_touch_decides_too(site: Site, sign_in: Callable[..., BrowserContext]) -> None:
    """On a phone a tap decides, a tap on the toast undoes, and nothing is wider than the screen."""
    first, second = site.photos(2)
    context = sign_in(
        "anna", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_queue(page, site)
    shown(page, first)
    page.get_by_role("button", name="Tote Bags").tap()
    shown(page, second)
    page.locator("#q-toast-undo").tap()
    shown(page, first)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_counters_follow(anna: Page, site: Site) -> None:
    """Left and mine-today change with every verdict."""
    photos = site.photos(3)
    open_queue(anna, site)
    shown(anna, photos[0])
    expect(anna.locator("#q-left")).to_have_text("3")
    anna.keyboard.press("1")
    shown(anna, photos[1])
    expect(anna.locator("#q-left")).to_have_text("2")
    expect(anna.locator("#q-today")).to_have_text("1")


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names no folder.")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_screenshots(
    scheme: str, size: tuple[int, int], site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    """Pictures of the page, for people to look at."""
    with site.database():
        User.objects.get(username="anna")
    photos = site.photos(3, sub="High Heels", main=0.82, share=0.48)
    context = sign_in(
        "anna",
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    open_queue(page, site)
    shown(page, photos[0])
    page.keyboard.press("s")
    shown(page, photos[1])
    page.wait_for_timeout(600)
    name = f"{os.environ['SCREENSHOTS']}/queue-{scheme}-{size[0]}"
    page.screenshot(path=f"{name}.png")
    page.screenshot(path=f"{name}-full.png", full_page=True)
    page.keyboard.press("?")
    page.wait_for_timeout(300)
    page.screenshot(path=f"{name}-help.png")
    page.close()
