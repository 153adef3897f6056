"""When the next retraining comes by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from pytest_django import Settings

from classifier import retraining, tasks
from classifier.models import ListingPhoto, ModelVersion, RetrainRun, Review
from tests.classifier.retraining.runs import REJECTED, ask, learn, reviews
from tests.rows import a_champion, a_model

pytestmark = pytest.mark.usefixtures("real_database")

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)


@pytest.fixture
def automatic(settings: Settings) -> ModelVersion:
    """Every six hours, with three new reviews; there is a champion."""
    settings.RETRAIN_EVERY_HOURS, settings.RETRAIN_MIN_NEW = 6, 3
    return a_champion()


def test_new_reviews_are_those_the_champion_has_not_learned() -> None:
    """Bad photos and undone reviews give nothing to learn, and what was learned is not new."""
    learned, new = reviews(3), reviews(2)
    reviews(1, "bad_photo")
    (undone,) = reviews(1)
    Review.objects.filter(pk=undone.pk).update(is_final=False, voided=True)
    assert retraining.new_reviews() == 5
    learn(a_champion(), learned)
    assert retraining.new_reviews() == len(new)
    ListingPhoto.objects.filter(reviews=new[0]).delete()
    assert retraining.new_reviews() == 1


def test_without_an_interval_nothing_comes_by_itself(settings: Settings) -> None:
    """The default: no automatic retraining, said in words."""
    assert settings.RETRAIN_EVERY_HOURS == 0
    reviews(3)
    upcoming = retraining.next_run(NOW)
    assert (upcoming.next_at, upcoming.new_reviews) == (None, 3)
    assert "RETRAIN_EVERY_HOURS is 0" in upcoming.why_not_yet
    assert retraining.consider(NOW) is None


def test_too_few_reviews_are_counted(automatic: ModelVersion) -> None:
    """It says how many are there, of how many."""
    reviews(2)
    upcoming = retraining.next_run(NOW)
    assert (upcoming.next_at, upcoming.why_not_yet) == (None, "2 of 3 new reviews are there.")
    assert retraining.consider(NOW) is None


def test_it_comes_at_the_next_full_hour_once_enough_is_there(automatic: ModelVersion) -> None:
    """Due, it names the hour at which the scheduler looks, and the scheduler's look asks for it."""
    reviews(3)
    upcoming = retraining.next_run(NOW)
    assert (upcoming.next_at, upcoming.why_not_yet) == (NOW.replace(hour=13, minute=0), "")
    run = retraining.consider(NOW)
    assert run is not None
    assert (run.trigger, run.policy, run.state) == ("schedule", "gate", "queued")
    assert retraining.next_run(NOW).why_not_yet == f"{run} is not done yet."
    assert retraining.consider(NOW) is None


def test_a_rejected_candidate_uses_no_reviews_up(automatic: ModelVersion) -> None:
    """After a rejection all reviews are still new; as many again must come before the next one."""
    candidate = a_model("candidate", state="rejected")
    learn(candidate, reviews(3))
    run = ask()
    retraining.take(run).finish(verdict=REJECTED, message="No better.", candidate=candidate)
    RetrainRun.objects.update(finished_at=NOW - timedelta(hours=7))
    reviews(1)
    upcoming = retraining.next_run(NOW)
    assert (upcoming.new_reviews, upcoming.since_last, upcoming.needed) == (4, 1, 3)
    assert retraining.new_reviews() == 4
    assert upcoming.why_not_yet == (
        "4 reviews are new to the champion. The last candidate was made from 3 of them; "
        "1 of the 3 that it takes came since."
    )
    assert retraining.consider(NOW) is None

    reviews(2)
    upcoming = retraining.next_run(NOW)
    assert (upcoming.new_reviews, upcoming.since_last, upcoming.why_not_yet) == (6, 3, "")
    assert retraining.consider(NOW) is not None


def test_two_retrainings_lie_apart(automatic: ModelVersion) -> None:
    """With enough new reviews the next one comes when its interval is over, and says when."""
    run = ask()
    retraining.take(run).finish(verdict=REJECTED, message="No better.")
    RetrainRun.objects.update(finished_at=NOW - timedelta(hours=1))
    reviews(3)
    upcoming = retraining.next_run(NOW)
    assert upcoming.next_at == NOW.replace(hour=18, minute=0)
    assert upcoming.why_not_yet == (
        "The last one ended on 1 Mar 2026, 11:20, and 6 hours lie between two."
    )
    assert retraining.consider(NOW) is None
    assert retraining.consider(NOW + timedelta(hours=6)) is not None


def test_without_a_champion_nothing_comes(settings: Settings) -> None:
    """A retraining starts from the champion; without one it says so."""
    settings.RETRAIN_EVERY_HOURS = 6
    assert "no champion" in retraining.next_run(NOW).why_not_yet


def test_the_scheduler_asks_for_what_there_is(
    settings: Settings, automatic: ModelVersion, caplog: pytest.LogCaptureFixture
) -> None:
    """Each entry of its schedule is a task; at the hour one asks, at each sweep one notifies."""
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(
        current_app.tasks
    )
    tasks.consider_retraining()
    assert not RetrainRun.objects.exists()
    reviews(3)
    tasks.consider_retraining()
    run = RetrainRun.objects.get()
    # Nobody listens in the tests, so each message leaves a line that names the run.
    caplog.clear()
    tasks.sweep_retraining()
    assert f"{run} waits for the sweep" in caplog.text
    retraining.take(run)
    caplog.clear()
    tasks.sweep_retraining()
    assert caplog.text == ""
