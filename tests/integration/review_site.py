"""The web server alone, moderators, and what a test of the queue in a browser looks at."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, Unpack

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from classifier.models import Guideline, Listing, QueueItem, Review
from classifier.models.queries.deletion import delete_listings
from tests.databases import database_at, default_database, delete_for_ever
from tests.servers.prepared import SELLER, hashed
from tests.servers.processes import wait_until
from tests.servers.system import System
from tests.tagged_photos import UNKNOWN, Shares, a_moderator, a_photo

PASSWORD: Final = "a password of the tests"
# Whose photos `tests.rows` makes.
OWNER: Final = "seller-of-photos"
ADMINISTRATOR: Final = "administrator"
QUEUE: Final = "/admin/classifier/review/queue/"
AT_REST: Final = """() => {
    for (const each of document.getAnimations()) {
        const { endTime } = each.effect.getComputedTiming();
        if (endTime === Infinity) each.cancel(); else each.finish();
    }
}"""


class Site:
    """The web server alone, and its database for the test to look into."""

    def __init__(self, folder: Path, blocker: DjangoDbBlocker, **more: str) -> None:
        """Take further settings, as the environment has them."""
        self.folder = folder
        self.mails = folder / "mails"
        self.system = System(folder, {
            "REVIEW_SAMPLE_SHARE": "0", "SIGN_UP": "on", "EMAIL_URL": f"filemail:///{self.mails}",
            **more,
        })  # fmt: skip
        self._blocker = blocker
        in_folder = f"sqlite:///{folder / 'db.sqlite3'}"
        self._database = database_at(more.get("DATABASE_URL", in_folder))

    @contextmanager
    def database(self) -> Iterator[None]:
        with self._blocker.unblock(), default_database(self._database):
            yield

    def photos(self, count: int, sub: str = "Boots", **shares: Unpack[Shares]) -> list[int]:
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
            # The photos first: of a photo that is gone no verdict under way is stored any more.
            delete_listings(Listing.objects.all())
            Guideline.objects.all().delete()
            delete_for_ever(Review)


def make_people() -> None:
    """Make moderators, the owner of photos and an administrator; all have `PASSWORD`."""
    for name in ("anna", "ben", "cleo"):
        a_moderator(name)
    User.objects.create(username=OWNER)
    User.objects.create_superuser(ADMINISTRATOR)
    User.objects.exclude(username=SELLER[0]).update(password=hashed(PASSWORD))


def open_queue(page: Page, site: Site) -> None:
    page.goto(site.system.address + QUEUE)
    expect(page.locator("#queue")).not_to_have_attribute("data-state", "loading")


def all_fetched(page: Page) -> None:
    """Wait until the page has all that it asked for on opening: also the photo after the first."""
    page.wait_for_load_state("networkidle")


@contextmanager
def running(
    blocker: DjangoDbBlocker, set_up: Callable[[], None] | None = None, **more: str
) -> Iterator[Site]:
    """Start a site with further settings, and with what is set up; end it with the block."""
    # Not pytest's own folder: its path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="sf-") as name:
        site = Site(Path(name), blocker, **more)
        try:
            site.system.set_up()
            if set_up:
                with site.database():
                    set_up()
            site.system.web.start()
            wait_until(site.system.page_answers, what="the page answers")
            yield site
        finally:
            site.system.kill()


def all_at_rest(page: Page) -> None:
    """Bring every change of colour or place that is under way to its end.

    It is not waited for: where a page draws no frame, or moves for ever, it has none.
    """
    page.evaluate(AT_REST)


def shown(page: Page, photo: int) -> None:
    """Wait until the page shows this photo, ready for a verdict."""
    expect(page.locator("#queue")).to_have_attribute("data-photo", str(photo))
    expect(page.locator("#queue")).to_have_attribute("data-state", "ready")


def stored(site: Site, count: int) -> list[tuple[int | None, str, str | None, str | None]]:
    """Wait until that many review rows are stored, and return them."""
    wait_until(lambda: len(site.reviews()) >= count, what=f"{count} reviews are stored", seconds=30)
    return site.reviews()


def held(site: Site) -> int:
    with site.database():
        return QueueItem.objects.filter(claim__isnull=False).count()


def sign_out(page: Page) -> None:
    """Sign out, and wait for the next page: one that is opened meanwhile would stop it."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
