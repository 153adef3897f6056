"""Brokers stop, workers are killed, models are damaged: no photo is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from classifier.ml.manifest import read_manifest
from tests import pictures
from tests.servers.processes import wait_until
from tests.servers.system import LEASE_SECONDS, System

pytestmark = [pytest.mark.integration, pytest.mark.long]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.jpeg())
    return path


@pytest.fixture
def system(running_system: System) -> Iterator[System]:
    """The running system; what a test has stopped runs again afterwards."""
    yield running_system
    if not running_system.redis.runs:
        running_system.start_redis()
    if not running_system.worker.runs:
        running_system.start_worker()


@contextmanager
def worker_logs(system: System, words: str) -> Iterator[None]:
    """Wait, at the end of the block, until the worker's log has these words anew."""
    before = len(system.worker.log)
    yield
    wait_until(lambda: words in system.worker.log[before:], what=f"the worker logs: {words}")


def test_without_a_broker_uploads_succeed_and_are_tagged_later(system: System, photo: Path) -> None:
    """While Redis is down uploads take no longer than usual; once it is back they are tagged."""
    client = system.seller()
    began = time.monotonic()
    usual = [client.send_listing(f"A broker {n}", [photo])["id"] for n in range(5)]
    with_broker = time.monotonic() - began
    system.wait_for_results(client, usual)
    system.redis.stop()
    began = time.monotonic()
    listings = [client.send_listing(f"No broker {n}", [photo])["id"] for n in range(5)]
    # One second each for what a busy machine does in between; a wait for the broker takes longer.
    assert time.monotonic() - began < 2 * with_broker + 5
    assert all(client.listing(n)["photos"][0]["status"] == "pending" for n in listings)
    system.start_redis()
    results = system.wait_for_results(client, listings)
    assert {result["status"] for result in results} == {"classified"}


def test_a_lost_message_loses_no_photo(system: System, photo: Path) -> None:
    """With the queue emptied before a worker reads it, the sweep finds the photo."""
    client = system.seller()
    system.worker.stop()
    system.scheduler.stop()
    listing = client.send_listing("Flushed", [photo])["id"]
    system.redis.kill()  # nothing of it is kept on disk
    system.start_redis()
    system.start_worker()
    system.scheduler.start()
    assert system.wait_for_results(client, [listing])[0]["status"] == "classified"


def test_a_killed_worker_loses_no_photo_and_tags_none_twice(system: System, photo: Path) -> None:
    """A worker killed amid 60 photos: the next one finishes them, each is stored once."""
    client = system.seller()
    system.worker.kill()
    listings = [client.send_listing(f"Sixty {n}", [photo] * 20)["id"] for n in range(3)]
    with worker_logs(system, "Stored results of"):  # the first batch
        system.start_worker()
    system.worker.kill()
    done_before = {
        photo["id"]: photo["classified_at"]
        for number in listings
        for photo in client.listing(number)["photos"]
        if photo["status"] == "classified"
    }
    assert 0 < len(done_before) < 60, "the worker was killed too early or too late"
    system.start_worker()
    photos = system.wait_for_results(client, listings, seconds=LEASE_SECONDS + 120)
    assert [photo["status"] for photo in photos] == ["classified"] * 60
    after = {photo["id"]: photo["classified_at"] for photo in photos}
    assert {number: after[number] for number in done_before} == done_before


def test_a_worker_asked_to_stop_ends_its_batch_and_stops(system: System, photo: Path) -> None:
    """With a backlog waiting, a stop takes seconds; what waits is not held by the dead worker."""
    client = system.seller()
    system.worker.stop()
    listings = [client.send_listing(f"Backlog {n}", [photo] * 24)["id"] for n in range(5)]
    with worker_logs(system, "Stored results of"):  # the first batch
        system.start_worker()
    system.worker.stop()
    pending = [p for n in listings for p in client.listing(n)["photos"] if p["status"] == "pending"]
    assert pending, "the worker should have left some of the backlog"
    system.start_worker()
    photos = system.wait_for_results(client, listings, seconds=120)
    assert {photo["status"] for photo in photos} == {"classified"}


@pytest.fixture
def stored_weights(system: System, starter_bundle: Path) -> Path:
    folder = system.folder / "bundles" / read_manifest(starter_bundle).name
    return folder / "weights.safetensors"


def test_a_damaged_model_is_named_and_its_repair_noticed(
    system: System, photo: Path, stored_weights: Path, starter_bundle: Path
) -> None:
    """The worker's log and `manage.py check` name the file; put right, the photo is tagged."""
    client = system.seller()
    system.worker.stop()
    with stored_weights.open("r+b") as file:
        file.truncate(1_000_000)
    what = f"{stored_weights} is damaged"
    with worker_logs(system, what):
        system.start_worker()
        listing = client.send_listing("No model", [photo])["id"]

    checked = system.manage("check", check=False)
    assert checked.returncode == 1
    assert what in checked.stderr
    assert "Restore the weights" in checked.stderr
    assert client.listing(listing)["photos"][0]["status"] == "pending"

    # As an operator would: the command that registers it also mends it.
    system.manage("register_model", starter_bundle)
    assert system.wait_for_results(client, [listing])[0]["status"] == "classified"


def test_a_missing_model_is_named_and_its_return_noticed(
    system: System, photo: Path, stored_weights: Path
) -> None:
    """Without the bundle's folder the log says what is missing; moved back, work goes on."""
    client = system.seller()
    system.worker.stop()
    folder, aside = stored_weights.parent, stored_weights.parent.with_name("aside")
    folder.rename(aside)
    with worker_logs(system, f"There is no {folder / 'bundle.json'}"):
        system.start_worker()
        listing = client.send_listing("No bundle", [photo])["id"]
    aside.rename(folder)
    assert system.wait_for_results(client, [listing])[0]["status"] == "classified"


def test_a_new_champion_takes_over_while_photos_flow(
    system: System, photo: Path, untrained_bundle: Path, starter_bundle: Path
) -> None:
    """Promotion reaches the running worker without a restart; rollback leads back.

    While one loop loads the new model, the other may still tag a photo with the old one.
    """
    client = system.seller()
    starter = read_manifest(starter_bundle).name

    def tagged_by() -> str:
        listing = client.send_listing("Who tags?", [photo])["id"]
        version: str = system.wait_for_results(client, [listing])[0]["model_version"]
        return version

    assert tagged_by() == starter
    worker = system.worker.pid
    system.manage("register_model", untrained_bundle, "--promote")
    wait_until(lambda: tagged_by() == "untrained", what="the new champion tags")
    system.manage("rollback")
    wait_until(lambda: tagged_by() == starter, what="the one before tags again")
    assert system.worker.pid == worker


def test_a_photo_whose_file_vanished_fails_alone(system: System, photo: Path) -> None:
    """One file is removed before the worker comes; it says so, and the others are tagged."""
    client = system.seller()
    system.worker.stop()
    listing = client.send_listing("Vanished", [photo] * 3)["id"]
    folder = system.folder / "media" / "photos"
    files = sorted(folder.rglob("*.jpg"), key=lambda path: path.stat().st_mtime)
    files[-1].unlink()
    system.start_worker()
    photos = system.wait_for_results(client, [listing])
    assert sorted(photo["status"] for photo in photos) == ["classified", "classified", "failed"]
    (failed,) = [photo for photo in photos if photo["status"] == "failed"]
    assert "no longer in storage" in failed["error"]


def test_a_second_scheduler_waits_until_the_first_is_gone(system: System) -> None:
    """Told to stop, the first lets the second begin; the photos' sweep is nobody's twice."""
    second = system.another_scheduler()
    try:
        second.start()
        wait_until(lambda: "waits: another one is at work" in second.log, what="it waits")
        system.scheduler.stop()
        wait_until(lambda: "The scheduler begins." in second.log, what="it begins", seconds=30)
    finally:
        second.kill()
        system.scheduler.start()
