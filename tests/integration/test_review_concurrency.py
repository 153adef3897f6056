"""Eight moderators at once on PostgreSQL: every photo is settled, and once."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.servers.environment import bare_environment
from tests.servers.processes import Program, completed, wait_until
from tests.servers.system import System

pytestmark = pytest.mark.integration

MODERATORS = [f"moderator-{number}" for number in range(8)]
SET_UP = """
from tests.tagged_photos import a_moderator, many_photos
many_photos({photos}, main=0.5, share=0.3)
for name in {moderators}:
    a_moderator(name)
"""
# Each is a list of what must be empty, or the number of photos.
STANDING = "SELECT count(*), count(DISTINCT photo_id) FROM classifier_review WHERE is_final"
TWICE = """
SELECT photo_id FROM classifier_review WHERE NOT voided AND voids_id IS NULL
GROUP BY photo_id HAVING count(*) > 1
"""
LEFT = "SELECT count(*) FROM classifier_queueitem WHERE is_open"
BY_WHOM = "SELECT moderator_id, count(*) FROM classifier_review WHERE is_final GROUP BY 1"


class Office:
    """A database with unknown photos, and the moderators' processes on it."""

    def __init__(self, url: str, folder: Path, photos: int) -> None:
        self.url = url
        self.photos = photos
        self.system = System(folder, {"DATABASE_URL": url, "REVIEW_CLAIM_SECONDS": "2"})
        self.system.set_up()
        set_up = SET_UP.format(photos=photos, moderators=MODERATORS)
        self.system.manage("shell", "--command", set_up)
        self.people = [self._person(name) for name in MODERATORS]

    def _person(self, name: str) -> Program:
        command = [sys.executable, "-m", "tests.moderating", name]
        return Program(name, command, self.system.folder, self.system.env)

    def rows(self, query: str) -> list[tuple[int, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def settled(self) -> int:
        return self.rows(STANDING)[0][0]

    def goes_on(self) -> Callable[[], bool]:
        """Whether more is settled than now, or all."""
        before = self.settled()
        return lambda: self.settled() > before or self.all_done()

    def all_done(self) -> bool:
        return not any(person.runs for person in self.people)

    def check(self) -> None:
        problems = [person.log for person in self.people if "Error" in person.log]
        assert not problems, problems[0]
        assert self.rows(STANDING) == [(self.photos, self.photos)]
        assert self.rows(TWICE) == []
        assert self.rows(LEFT) == [(0,)]


@pytest.fixture
def office(
    request: pytest.FixtureRequest,
    new_postgresql_database: Callable[[str], str],
    short_folder: Path,
) -> Iterator[Office]:
    name = request.node.originalname.removeprefix("test_").lower()
    office = Office(new_postgresql_database(name), short_folder, request.param)
    yield office
    for person in office.people:
        person.kill()


@pytest.mark.parametrize("office", [500], indirect=True, ids=["500 photos"])
def test_eight_moderators_settle_500_photos_once_each(office: Office) -> None:
    """500 final reviews, none decided twice, though all take from one queue at once."""
    for person in office.people:
        person.start()
    wait_until(office.all_done, what="all photos are settled")
    office.check()
    assert len(office.rows(BY_WHOM)) > 4


@pytest.mark.parametrize("office", [250], indirect=True, ids=["250 photos"])
def test_killed_sessions_lose_and_double_nothing(office: Office) -> None:
    """Moderators killed again and again in mid-work: what they held returns, nothing is doubled."""
    for person in office.people:
        person.start()
    wait_until(lambda: office.settled() > 20, what="the work has begun")
    for number in range(8):
        victim = office.people[number % 4]
        victim.kill()
        wait_until(office.goes_on(), what="the others go on without them")
        victim.start()
    for person in office.people[:4]:
        person.kill()
    wait_until(office.all_done, what="the others have settled the rest")
    office.check()


def test_the_review_tests_pass_on_postgresql(new_postgresql_database: Callable[[str], str]) -> None:
    """Queue, verdicts and the rest behave on PostgreSQL as they do on SQLite."""
    url = new_postgresql_database("review_tests")
    tests = ("tests/classifier/review", "tests/classifier/admin/review")
    done = completed(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        bare_environment() | {"TEST_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stdout + done.stderr
