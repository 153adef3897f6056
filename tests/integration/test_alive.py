"""Alive means that photos are tagged: workers look by themselves, and the monitor says so."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from tests import pictures
from tests.servers.prepared import SELLER
from tests.servers.processes import wait_until
from tests.servers.system import System

pytestmark = pytest.mark.integration


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.jpeg(64, 64))
    return path


@pytest.fixture
def system(quick_system: System) -> Iterator[System]:
    """The running system; what a test has stopped runs again afterwards."""
    yield quick_system
    if not quick_system.redis.runs:
        quick_system.start_redis()
    if not quick_system.scheduler.runs:
        quick_system.scheduler.start()
    if not quick_system.worker.runs:
        quick_system.start_worker()


def test_photos_are_tagged_though_no_message_reaches_a_worker(system: System, photo: Path) -> None:
    """Without broker and scheduler each worker finds them within seconds."""
    client = system.seller()
    system.scheduler.stop()
    system.redis.kill()
    listing = client.send_listing("No message", [photo])["id"]
    assert system.wait_for_results(client, [listing], seconds=30)[0]["status"] == "classified"


def test_the_monitor_says_whether_photos_are_tagged(system: System) -> None:
    """Ready with a worker that has the champion; not without, with a sentence; ready again."""
    system.monitor.start()
    wait_until(lambda: system.readiness()[0] == 200, what="it is ready", seconds=60)
    figures = requests.get(f"http://{system.monitor_address}/metrics", timeout=10).text
    assert 'slowfashion_processes{kind="worker"} 1.0' in figures
    system.worker.stop()
    wait_until(lambda: system.readiness()[0] == 503, what="it is not ready", seconds=60)
    assert "Start the process “worker”" in system.readiness()[1]["workers"]
    assert requests.get(f"http://{system.monitor_address}/livez", timeout=5).ok
    system.start_worker()
    wait_until(lambda: system.readiness()[0] == 200, what="it is ready again", seconds=60)
    system.monitor.stop()


def test_one_photo_s_way_is_found_by_its_name_and_no_secret_is(system: System, photo: Path) -> None:
    """From the request that brought it, with its id, to the worker's result."""
    client = system.seller()
    listing = client.send_listing("Its way", [photo])["id"]
    (tagged,) = system.wait_for_results(client, [listing])
    logs = "\n".join(program.log for program in system.programs)
    name = rf"\bphoto {tagged['id']}\b"
    wait_until(
        lambda: bool(re.search(rf"INFO \S+: {name}: ", system.worker.log)), what="it is logged"
    )
    logs = "\n".join(program.log for program in system.programs)
    lines = [line for line in logs.splitlines() if re.search(name, line)]
    assert any(re.search(r"Received .*\[[0-9a-f]{32}\]$", line) for line in lines), lines
    assert any("Claimed" in line for line in lines), lines
    secrets = (SELLER[1], system.env["SECRET_KEY"], client.token)
    assert not [secret for secret in secrets if str(secret) in logs]


def test_a_worker_fills_in_embeddings_and_goes_on_after_it_was_killed(
    system: System, tmp_path: Path
) -> None:
    """Photos as they were before embeddings were stored: one command, and a kill in the middle."""
    photos = [tmp_path / f"{number}.jpg" for number in range(24)]
    for number, path in enumerate(photos):
        path.write_bytes(pictures.jpeg(64 + number, 64))
    client = system.seller()
    listing = client.send_listing("From long ago", photos)["id"]
    system.wait_for_results(client, [listing])
    remove = "from classifier.models import PhotoEmbedding; PhotoEmbedding.objects.all().delete()"
    system.manage("shell", "--command", remove)
    system.worker.kill()
    printed = system.manage("reclassify", "--embeddings").stdout
    assert "To be tagged again" in printed
    system.start_worker()
    wait_until(lambda: embeddings(system) > 0, what="the worker has begun")
    system.worker.kill()
    system.start_worker()
    printed = system.manage("reclassify", "--embeddings", "--wait").stdout
    assert embeddings(system) >= len(photos), printed
    assert "has an embedding" in system.manage("reclassify", "--embeddings").stdout


def embeddings(system: System) -> int:
    with psycopg.connect(system.env["DATABASE_URL"]) as connection:
        (count,) = connection.execute("SELECT count(*) FROM classifier_photoembedding").fetchone()  # type: ignore[misc]  # a count has a row
    return int(count)
