"""A worker killed amid a shadow: the champion goes on, and so does the shadow."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.classifier.ml.test_manifest import rewrite
from tests.pictures import jpeg
from tests.servers.processes import wait_until
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]

START = """
from classifier.shadow import run
from classifier.versions import registry
run.start(version=registry.named("{name}"), share=1.0, photos_wanted=1000)
"""
CALL_OFF = """
from classifier.models import Shadow
from classifier.shadow import run
run.end(run.running(), Shadow.State.CALLED_OFF, "The test is over.")
"""
PHOTOS = 60


def rows(system: System, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(system.env["DATABASE_URL"]) as connection:
        return connection.execute(query).fetchall()


def compared(system: System) -> int:
    query = "SELECT count(*) FROM classifier_shadowtag WHERE outcome IS NOT NULL"
    return int(rows(system, query)[0][0])


def upload(system: System, photo: Path, photos: int) -> None:
    """Send photos and wait for the champion's tag on each."""
    client = system.seller()
    listings = [client.send_listing("Boots", [photo] * 10)["id"] for _ in range(photos // 10)]
    for done in system.wait_for_results(client, listings, seconds=120):
        assert done["status"] == "classified"


def test_a_killed_worker_leaves_a_working_champion(
    quick_system: System, untrained_bundle: Path, tmp_path: Path
) -> None:
    """Killed while the candidate tags, the next worker tags fresh photos and goes on comparing."""
    system, photo = quick_system, tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(96, 96))
    candidate = Path(shutil.copytree(untrained_bundle, tmp_path / "silent"))
    # A candidate that takes its time, so that the kill finds it at work.
    rewrite(candidate, lambda d: d.update(name="silent"))
    rewrite(candidate, lambda d: d["preprocessing"].update(size=224, resize=224))
    system.manage("register_model", candidate)
    system.manage("shell", "--command", START.format(name="silent"))
    champions = "SELECT name FROM classifier_modelversion WHERE state = 'champion'"
    before = rows(system, champions)
    try:
        upload(system, photo, PHOTOS)
        wait_until(lambda: compared(system) >= 4, what="the candidate is at work", seconds=120)
        system.worker.kill()
        at_the_kill = compared(system)
        assert at_the_kill < PHOTOS, "it was killed too late"
        system.start_worker()
        upload(system, photo, 10)
        wait_until(lambda: compared(system) > PHOTOS, what="the shadow goes on", seconds=180)
        made = rows(system, "SELECT DISTINCT outcome FROM classifier_shadowtag")
        assert len(made) <= 4
        # What the killed worker held is left out: one small batch at most.
        handed_out = rows(system, "SELECT count(*) FROM classifier_shadowtag")[0][0]
        assert handed_out - compared(system) <= 8
        assert rows(system, champions) == before
        states = rows(system, "SELECT state FROM classifier_shadow")
        assert states == [("running",)]
    finally:
        if not system.worker.runs:
            system.start_worker()
        system.manage("shell", "--command", CALL_OFF)
