"""`manage.py retrain` as a process that is killed, started twice and overtaken."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from classifier.models import DatasetReview, ModelVersion, Promotion, RetrainRun, SplitAssignment
from classifier.taxonomy import SUBCLASSES
from classifier.versions import promotion, registry, storage
from tests.databases import default_database
from tests.rows import champion_of
from tests.servers.environment import bare_environment
from tests.servers.prepared import with_tables
from tests.servers.processes import Program, wait_until
from tests.training.retraining import (
    Shown,
    add_replay_to,
    make_champion,
    review,
    write_base_photos,
)

pytestmark = [pytest.mark.integration, pytest.mark.long]

BOOTS, FLATS = SUBCLASSES.index("Boots"), SUBCLASSES.index("Flats")
LEASE_SECONDS = 2
STAGES = ("collect", "train", "evaluate", "register", "promote")
PATIENCE = 240.0


class RetrainSite:
    """A database, storage and work folder that ``manage.py`` and the test share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder / 'db.sqlite3'}"
        self.env = bare_environment() | {
            "VAR_DIR": str(folder), "DATABASE_URL": self.database, "DEBUG": "on",
            "RETRAIN_LEASE_SECONDS": str(LEASE_SECONDS), "OMP_NUM_THREADS": "1",
        }  # fmt: skip

        self._starts = 0

    def start(self) -> Program:
        """Start a small retraining that has the replay features of the champion's bundle."""
        self._starts += 1
        program = Program(f"retrain-{self._starts}", [
            sys.executable, "manage.py", "retrain", "--train-from", "heads", "--epochs", "12",
            "--views", "1", "--head-lr", "0.001", "--batch-size", "32",
        ], self.folder, self.env)  # fmt: skip
        program.start()
        return program


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with base photos and the bundle of a champion that confuses boots and flats."""
    folder = tmp_path_factory.mktemp("made")
    base = write_base_photos(folder / "base")
    bundle = make_champion(folder / "bundle", base, confused=True)
    add_replay_to(bundle, base, folder / "cache")
    return folder


@pytest.fixture
def site(
    made: Path, tmp_path: Path, settings: Settings, django_db_blocker: Any
) -> Iterator[RetrainSite]:
    """A site whose champion confuses boots and flats, with reviews that correct it.

    Its bundle carries replay features; nobody names the folder of its photos.
    """
    site = RetrainSite(tmp_path)
    settings.VAR_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            name: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / folder, "base_url": None},
            }
            for name, folder in (("default", "media"), ("bundles", "bundles"))
        },
    }
    with django_db_blocker.unblock(), default_database(with_tables(site.database)):
        champion = champion_of(made / "bundle")
        review(
            [Shown.of(kind, 500 + n) for kind in (BOOTS, FLATS) for n in range(12)],
            version=champion,
        )
        yield site


def wait_for_stage(retraining: Program, stage: str) -> None:
    """Return as soon as the run is in this stage."""
    began = time.monotonic()
    while not RetrainRun.objects.filter(stage=stage, state="running").exists():
        assert retraining.runs, f"It ended before {stage}: {retraining.log}"
        assert time.monotonic() - began < PATIENCE, f"{stage} did not come."
        time.sleep(0.005)


def kill(retraining: Program) -> None:
    assert retraining.runs, retraining.log
    retraining.kill()
    wait_until(
        lambda: not RetrainRun.objects.filter(alive_until__gt=_now()).exists(),
        what="the dead process's lease is over", seconds=4 * LEASE_SECONDS,
    )  # fmt: skip


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def test_a_retraining_killed_in_every_stage_is_simply_started_again(site: RetrainSite) -> None:
    """SIGKILL in each stage leaves the champion and nothing half-done; the last start ends well."""
    before = registry.champion()
    assert before is not None
    parts: dict[str, str] = {}
    for stage in STAGES:
        retraining = site.start()
        wait_for_stage(retraining, stage)
        kill(retraining)
        assert registry.champion() == before
        storage.check_files(before)
        assert ModelVersion.objects.count() == 1
        assert not DatasetReview.objects.exists()
        assert Promotion.objects.count() == 1
        now = dict(SplitAssignment.objects.values_list("sha256", "split"))
        assert parts.items() <= now.items()
        parts = now
    last = site.start()
    assert last.ended(PATIENCE) == 0, last.log
    assert "promoted. " in last.log
    after = registry.champion()
    assert after is not None
    assert after.parent == before
    run = RetrainRun.objects.get()
    assert (run.state, run.verdict, run.candidate) == ("done", "promoted", after)
    storage.check_files(after)
    assert DatasetReview.objects.filter(version=after).count() == 24
    assert not list((site.folder / "retraining" / "work").iterdir())


def test_two_at_once_make_one_and_an_overtaken_candidate_is_kept(
    site: RetrainSite, made: Path
) -> None:
    """A second start is refused; a champion promoted meanwhile is not replaced unseen."""
    base = made / "base"
    other = registry.register(folder=make_champion(site.folder / "other", base, name="other"))
    # Held still while the rest happens, it must not count as dead.
    site.env["RETRAIN_LEASE_SECONDS"] = "900"
    first = site.start()
    wait_for_stage(first, "train")
    os.kill(first.pid, signal.SIGSTOP)
    second = site.start()
    assert second.ended(PATIENCE) == 1
    assert "runs since" in second.log
    promotion.promote(version=other)
    os.kill(first.pid, signal.SIGCONT)
    assert first.ended(PATIENCE) == 0, first.log
    assert "but meanwhile other is the champion" in first.log
    assert registry.champion() == other
    run = RetrainRun.objects.get()
    assert run.verdict == "kept"
    assert run.candidate is not None
    assert run.candidate.state == "candidate"
    assert run.candidate.gate is not None
    assert run.candidate.gate["verdict"] == "promote"
