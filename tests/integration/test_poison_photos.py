"""Photos that crash or hang a real worker: they fail alone, and the worker is there again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import pictures
from tests.faulty_decoder import FAULTY_DECODER, MARK
from tests.servers.forked import AFTER_LIBRARIES
from tests.servers.processes import wait_until
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]


Start = Callable[..., System]


@pytest.fixture
def start_system(short_folder: Path, untrained_bundle: Path) -> Iterator[Start]:
    """Call it with variables to get a running system without a worker."""
    systems: list[System] = []

    def start(**extra: str) -> System:
        patch = short_folder / "patch"
        patch.mkdir()
        (patch / "sitecustomize.py").write_text(FAULTY_DECODER)
        system = System(
            short_folder,
            {"PYTHONPATH": str(patch), AFTER_LIBRARIES: "yes", "CLAIM_LEASE_SECONDS": "5"} | extra,
        )
        systems.append(system)
        system.set_up()
        system.register(untrained_bundle)
        system.start()
        system.worker.stop()
        return system

    yield start
    for system in systems:
        system.kill()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.jpeg(64, 64))
    return path


def stored_files(system: System) -> list[Path]:
    return sorted((system.folder / "media" / "photos").rglob("*.jpg"))


def test_an_innocent_photo_never_fails_beside_a_poison_one(
    start_system: Start, photo: Path
) -> None:
    """Of twenty photos one crashes the decoder: it fails and says why, all others are tagged.

    The worker dies once, with the batch that the photo was fresh in, and never again.
    """
    system = start_system(CLASSIFY_BATCH_SIZE="5")
    client = system.seller()
    listing = client.send_listing("One of them", [photo] * 20)["id"]
    with stored_files(system)[7].open("ab") as file:
        file.write(MARK)
    deaths = 0

    def all_done() -> bool:
        nonlocal deaths
        if not system.worker.runs:
            deaths += 1
            system.worker.start()
        return all(photo["status"] != "pending" for photo in client.listing(listing)["photos"])

    system.start_worker()
    wait_until(all_done, what="no photo is pending any more", seconds=150)
    photos = client.listing(listing)["photos"]
    assert [photo["status"] for photo in photos].count("classified") == 19
    (failed,) = [photo for photo in photos if photo["status"] == "failed"]
    assert failed["error"] == "The file crashes the decoder (SIGSEGV)."
    assert deaths <= 1


@pytest.fixture
def hanging(photo: Path) -> Callable[[System], None]:
    """Call it to have the worker read a file that never ends."""

    def hang(system: System) -> None:
        client = system.seller()
        client.send_listing("Hangs", [photo])
        (file,) = stored_files(system)
        file.unlink()
        os.mkfifo(file)
        system.start_worker()
        # It has the pipe open for reading: only then can it be opened for writing.
        wait_until(lambda: _is_read(file), what="the worker reads the photo")

    return hang


def _is_read(pipe: Path) -> bool:
    try:
        # Left open, so that the reader waits for what is never written.
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return False
    return True


def test_a_worker_whose_batch_never_ends_is_ended(
    start_system: Start, hanging: Callable[[System], None]
) -> None:
    """The watchdog ends the process, with the code that asks for a new one."""
    system = start_system(READ_SECONDS="600", BATCH_SECONDS="5")
    hanging(system)
    wait_until(lambda: not system.worker.runs, what="the worker ends", seconds=40)
    assert system.worker.ended(0) == 70
    assert "A batch takes longer than 5 seconds." in system.worker.log


def test_a_hanging_worker_stops_when_it_is_told_to(
    start_system: Start, hanging: Callable[[System], None]
) -> None:
    """SIGTERM ends it within `STOP_SECONDS`, whatever its threads do."""
    system = start_system(READ_SECONDS="600", BATCH_SECONDS="600", STOP_SECONDS="3")
    hanging(system)
    began = time.monotonic()
    os.kill(system.worker.pid, signal.SIGTERM)
    wait_until(lambda: not system.worker.runs, what="the worker ends", seconds=20)
    assert time.monotonic() - began < 20
    assert "It did not stop within 3 seconds." in system.worker.log
