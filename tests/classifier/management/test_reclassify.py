"""`manage.py reclassify` and the worker that does it, with a real model and real files."""

import io
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django import Settings

from classifier.models import ListingPhoto, ModelVersion, Reclassification
from classifier.tagging import reclassification
from classifier.versions import promotion
from classifier.worker.loops import reclassify, tag
from tests.classifier.versions.test_registry import registered
from tests.databases import in_threads
from tests.servers.processes import wait_until
from tests.stored_photos import photos_with_files

# What differs between databases is tested with `reclassification`.
pytestmark = pytest.mark.usefixtures("sqlite_in_a_file", "worker_that_just_started")


@pytest.fixture
def newer(untrained_bundle: Path, tmp_path: Path, settings: Settings) -> ModelVersion:
    """The champion; twenty photos were tagged by the one before."""
    settings.REVIEW_SAMPLE_SHARE = 0.0
    older, newer = (registered(untrained_bundle, name, tmp_path) for name in ("older", "newer"))
    promotion.promote(version=older)
    photos_with_files(20)
    assert tag.drain() == 20
    promotion.promote(version=newer)
    return newer


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("reclassify", *arguments, stdout=out)
    return out.getvalue().strip()


def tagged_by(version: ModelVersion) -> int:
    return ListingPhoto.objects.filter(model_version=version).count()


def test_it_says_how_many_without_touching_anything(newer: ModelVersion) -> None:
    """A dry run counts; nothing is begun."""
    assert run("--dry-run") == (
        "To be tagged again with newer: 20. Left as they are, since a moderator settled them or "
        "looks at them: 0."
    )
    assert not Reclassification.objects.exists()
    assert tagged_by(newer) == 0


def test_it_begins_and_a_worker_does_it(newer: ModelVersion) -> None:
    """The command returns at once; the worker's loop tags all twenty, and no more is to do."""
    assert run() == "To be tagged again with newer, while no fresh photo waits: 20."
    assert reclassify.work() == 20
    assert tagged_by(newer) == 20
    assert run() == "Every photo that may be tagged again has the champion's tag."
    assert reclassify.work() == 0


def test_it_waits_and_shows_how_far_it_is(
    newer: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal it writes plain lines, and in the end what became of it."""
    from classifier.management.commands import reclassify as command

    monkeypatch.setattr(command, "REPORT_SECONDS", 0.1)
    out = io.StringIO()

    def wait() -> None:
        call_command("reclassify", "--wait", stdout=out)
        connections.close_all()

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: "0 of 20 photos" in out.getvalue(), what="it says how far it is")
    assert reclassify.work() == 20
    thread.join()
    first, *between, last = out.getvalue().strip().splitlines()
    assert first.startswith("To be tagged again with newer")
    assert "0 of 20 photos, 0 got another tag." in between
    assert last.startswith("20 of 20 photos were tagged again, 0 of them got another tag")


def test_a_fresh_photo_goes_first(newer: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one waits nothing is tagged again; as soon as it is tagged the work goes on."""
    pauses: list[float] = []
    is_stopping = tag.is_stopping

    def counted(*, within: float = 0.0) -> bool:
        if within:
            pauses.append(within)
        return is_stopping(within=within)

    monkeypatch.setattr(tag, "is_stopping", counted)
    photos_with_files(1)
    run()
    worker = threading.Thread(target=lambda: in_threads(1, reclassify.work))
    worker.start()
    wait_until(lambda: len(pauses) >= 3, what="the worker has stood back three times")
    assert tagged_by(newer) == 0
    assert tag.drain() == 1
    worker.join()
    assert tagged_by(newer) == 21


def test_a_worker_that_is_asked_to_stop_leaves_the_rest_for_the_next(
    newer: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the signal no further batch is begun; a worker that starts later does it."""
    run()
    tag.stop_soon()
    assert reclassify.work() == 0
    monkeypatch.setattr(tag, "stopping", threading.Event())
    assert reclassify.work() == 20


def test_one_process_does_it_once_at_a_time(newer: ModelVersion) -> None:
    """Several messages while one is at work: the others return at once; nothing is done twice."""
    run()
    assert sorted(in_threads(4, reclassify.work)) == [0, 0, 0, 20]


def test_a_lost_file_costs_its_photo_nothing(newer: ModelVersion) -> None:
    """It keeps its tag, and the sentence at the end counts it."""
    photo = ListingPhoto.objects.earliest("id")
    photo.image.storage.delete(str(photo.image))
    run()
    assert reclassify.work() == 19
    photo.refresh_from_db()
    assert (photo.status, str(photo.model_version)) == ("classified", "older")
    summary = reclassification.in_words(Reclassification.objects.get())
    assert summary.startswith("19 of 20 photos were tagged again")
    assert "Left as they were: 1," in summary


def test_it_can_be_stopped(newer: ModelVersion) -> None:
    """Stopped, the workers find nothing to do; stopping nothing says so."""
    run()
    assert "Left as they were: 20," in run("--stop")
    assert reclassify.work() == 0
    assert run("--stop") == "Nothing is being tagged again."


def test_without_a_champion_it_says_what_to_do() -> None:
    """A fresh database leads to the command to type."""
    for arguments in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="register_model"):
            run(*arguments)
