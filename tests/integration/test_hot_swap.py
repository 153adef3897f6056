"""The model changes while photos flow: none is lost, and each says which version made it."""

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from classifier.ml.engines.processor import has_bfloat16
from tests.classifier.ml.test_manifest import rewrite
from tests.pictures import jpeg
from tests.servers.processes import wait_until
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]

PHOTOS, IN_A_LISTING = 400, 10
CHAMPIONS = ("first", "second", "third", "fourth")
# What the version before may still tag once the new one has begun: what the other three loops hold
# then, and for how long at most. Not since the promotion: others go on while one loads the new
# model, which takes as long as the machine is busy.
HELD_BY_OTHERS = 3 * 64
GRACE = timedelta(seconds=20)
RESULTS = """
SELECT photo.status, version.name, photo.classified_at
FROM classifier_listingphoto photo
LEFT JOIN classifier_modelversion version ON version.id = photo.model_version_id
ORDER BY photo.id
"""


@pytest.fixture
def system(quick_system: System) -> Iterator[System]:
    """The running system; what a test has stopped runs again afterwards."""
    yield quick_system
    if not quick_system.worker.runs:
        quick_system.start_worker()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(96, 96))
    return path


def rows(system: System, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(system.env["DATABASE_URL"]) as connection:
        return connection.execute(query).fetchall()


def results(system: System) -> list[tuple[str, str, datetime]]:
    """Status, version and time of every photo, in the order in which they came."""
    return rows(system, RESULTS)


def statuses(system: System) -> Counter[str]:
    return Counter(status for status, _, _ in results(system))


def wait_for_all_tags(system: System) -> None:
    wait_until(lambda: not statuses(system)["pending"], what="all photos have their tag")


def a_version(system: System, bundle: Path, name: str, folder: Path, **changes: Any) -> None:
    """Register a copy of a bundle under another name; ``changes`` are of its preprocessing."""
    copy = Path(shutil.copytree(bundle, folder / name))
    rewrite(copy, lambda d: d.update(name=name))
    rewrite(copy, lambda d: d["preprocessing"].update(changes))
    system.manage("register_model", copy)


def upload(system: System, photo: Path, photos: int) -> list[int]:
    client = system.seller()
    return [
        client.send_listing(f"Listing {number}", [photo] * IN_A_LISTING)["id"]
        for number in range(photos // IN_A_LISTING)
    ]


def upload_until(over: threading.Event, system: System, photo: Path) -> int:
    """Send listing after listing until it is over; return how many photos they had."""
    client, photos = system.seller(), 0
    while not over.wait(0.2) or photos < PHOTOS:
        client.send_listing(f"Listing {photos}", [photo] * IN_A_LISTING)
        photos += IN_A_LISTING
    return photos


def made_by(system: System, name: str) -> int:
    return sum(version == name for _, version, _ in results(system))


def wait_for_one_by(system: System, name: str) -> None:
    wait_until(lambda: made_by(system, name) > 0, what=f"{name} has tagged a photo")


def periods(system: System) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """When each version was in production, as `manage.py model_history` says."""
    by_version: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for line in system.manage("model_history", "--json").stdout.splitlines():
        row = json.loads(line)
        until = datetime.fromisoformat(row["until"]) if row["until"] else None
        by_version.setdefault(row["version"], []).append(
            (datetime.fromisoformat(row["from"]), until)
        )
    return by_version


@pytest.fixture
def slow_again(system: System, photo: Path, untrained_bundle: Path, tmp_path: Path) -> str:
    """Name of a new champion that takes its time; sixty or more photos await it."""
    upload(system, photo, 60)
    wait_for_all_tags(system)
    name = f"slow-{tmp_path.name.replace('_', '-')}"
    side = 448 if has_bfloat16() else 224  # a quarter of the time a pixel
    a_version(system, untrained_bundle, name, tmp_path, size=side, resize=side)
    system.manage("promote", name)
    return name


def is_finished(system: System) -> bool:
    query = "SELECT count(*) FROM classifier_reclassification WHERE finished_at IS NULL"
    return rows(system, query) == [(0,)]


def test_fresh_photos_go_before_those_that_are_tagged_again(
    system: System, photo: Path, slow_again: str
) -> None:
    """While old photos are tagged again a seller waits for one small batch, not for all of them."""
    system.manage("reclassify")
    wait_for_one_by(system, slow_again)
    client = system.seller()
    for number in range(2):
        listing = client.send_listing(f"Fresh {number}", [photo])["id"]
        system.wait_for_results(client, [listing], seconds=30)
        assert not is_finished(system), "it waited for all of them, or the test is too quick"
    wait_until(lambda: is_finished(system), what="all are tagged again", seconds=300)
    assert made_by(system, slow_again) == len(results(system))


def test_a_killed_worker_loses_nothing_of_what_is_tagged_again(
    system: System, slow_again: str
) -> None:
    """Killed amid the work, the next worker goes on by itself; no photo is ever without a tag."""
    everything = len(results(system))
    system.manage("reclassify")
    wait_until(lambda: made_by(system, slow_again) > 8, what="some are tagged again")
    system.worker.kill()
    assert 0 < made_by(system, slow_again) < everything, "it was killed too late"
    assert statuses(system) == {"classified": everything}
    system.start_worker()
    wait_until(lambda: is_finished(system), what="all are tagged again", seconds=300)
    assert made_by(system, slow_again) == everything


def test_hundreds_of_photos_while_the_champion_changes_three_times(
    system: System, photo: Path, untrained_bundle: Path, tmp_path: Path
) -> None:
    """None lost, none failed, and each was made by the version that was live at its time."""
    for name in CHAMPIONS:
        a_version(system, untrained_bundle, name, tmp_path)
    system.manage("promote", CHAMPIONS[0])
    worker, log_before, known = system.worker.pid, len(system.worker.log), len(results(system))
    over = threading.Event()
    with ThreadPoolExecutor(1) as uploads:
        sent = uploads.submit(upload_until, over, system, photo)
        try:
            for before, name in pairwise(CHAMPIONS):
                wait_for_one_by(system, before)
                system.manage("promote", name)
            wait_for_one_by(system, CHAMPIONS[-1])
        finally:
            over.set()
    wait_for_all_tags(system)

    fresh = results(system)[known:]
    assert Counter(status for status, _, _ in fresh) == {"classified": sent.result()}
    assert sent.result() >= PHOTOS
    assert set(CHAMPIONS) <= {name for _, name, _ in fresh}
    live = periods(system)
    for _, name, at in fresh:
        ((begin, _),) = live[name]
        assert begin <= at, f"{name} tagged a photo before it was promoted"
    made_at = {name: [at for _, by, at in fresh if by == name] for name in live}
    in_turn = sorted(filter(made_at.get, live), key=lambda name: live[name])
    for before, name in pairwise(in_turn):
        late = [at for at in made_at[before] if at > min(made_at[name])]
        assert len(late) <= HELD_BY_OTHERS, f"{before} went on after {name} had begun"
        assert max(made_at[before]) <= min(made_at[name]) + GRACE, f"{before} went on for too long"
    log = system.worker.log[log_before:]
    assert [log.count(f"Model {name} is live") for name in CHAMPIONS] == [1, 1, 1, 1]
    assert system.worker.pid == worker
    assert " ERROR " not in log
