"""Who asks for a retraining, who works on it, and when the next one comes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from classifier import retraining, tasks
from classifier.models import DatasetReview, ListingPhoto, ModelVersion, RetrainRun, Review
from classifier.retraining import AlreadyRunningError, Lease, LeaseLostError
from tests.databases import in_threads
from tests.rows import a_champion, a_model, pending_photos
from tests.servers.processes import wait_until

pytestmark = pytest.mark.usefixtures("real_database")

COMMAND, ADMIN = RetrainRun.Trigger.COMMAND, RetrainRun.Trigger.ADMIN
GATE, NEVER = RetrainRun.Policy.GATE, RetrainRun.Policy.NEVER
COLLECT, TRAIN = RetrainRun.Stage.COLLECT, RetrainRun.Stage.TRAIN
REJECTED = RetrainRun.Verdict.REJECTED


def ask(**changes: object) -> RetrainRun:
    return retraining.request(**({"trigger": COMMAND, "policy": GATE} | changes))  # type: ignore[arg-type]  # one of the fields' values


def fresh(run: RetrainRun) -> RetrainRun:
    return RetrainRun.objects.get(pk=run.pk)


def die(run: RetrainRun) -> None:
    """What a kill leaves behind, once the lease is over."""
    RetrainRun.objects.filter(pk=run.pk).update(alive_until=timezone.now() - timedelta(seconds=1))


def person(name: str) -> User:
    return User.objects.create_user(name)


def reviews(count: int, verdict: str = "not_ours") -> list[Review]:
    moderator, _ = User.objects.get_or_create(username="moderator")
    photos: list[ListingPhoto] = pending_photos(count)
    return [
        Review.objects.create(
            photo=photo, moderator=moderator, key=uuid4(), verdict=verdict, is_final=True
        )
        for photo in photos
    ]


def learn(version: ModelVersion, learned: list[Review]) -> None:
    DatasetReview.objects.bulk_create(
        DatasetReview(version=version, review=review, sha256="0" * 64, split="train")
        for review in learned
    )


def test_eight_wishes_at_once_make_one_run() -> None:
    """Eight people press the button together: one run, and seven sentences that name it."""
    people = [person(f"person-{number}") for number in range(8)]

    def press() -> RetrainRun | AlreadyRunningError:
        try:
            return ask(trigger=ADMIN, by=people.pop())
        except AlreadyRunningError as error:
            return error

    answers = in_threads(8, press)
    (run,) = RetrainRun.objects.all()
    assert [answer for answer in answers if answer == run] == [run]
    refused = [answer for answer in answers if isinstance(answer, AlreadyRunningError)]
    assert len(refused) == 7
    assert all(str(run) in str(error) for error in refused)


def test_the_database_refuses_a_second_unfinished_run() -> None:
    """Past the service too, a second run cannot be written while one is unfinished."""
    ask()
    with pytest.raises(IntegrityError, match="one_unfinished_retraining"), transaction.atomic():
        RetrainRun.objects.create(trigger=COMMAND)


def test_eight_trainers_take_one_run_once() -> None:
    """A run is one process's: seven of eight are told since when it runs."""
    run = ask()

    def take() -> Lease | AlreadyRunningError:
        try:
            return retraining.take(fresh(run))
        except AlreadyRunningError as error:
            return error

    answers = in_threads(8, take)
    assert sum(isinstance(answer, Lease) for answer in answers) == 1
    refused = [str(answer) for answer in answers if not isinstance(answer, Lease)]
    assert all(f"{run} runs since" in text for text in refused)


def test_asking_twice_for_what_waits_is_asking_once() -> None:
    """A double click makes one run; somebody else is told who asked before."""
    anna = person("anna")
    run = ask(trigger=ADMIN, by=anna)
    assert ask(trigger=ADMIN, by=anna, policy=NEVER) == run
    assert fresh(run).policy == NEVER
    with pytest.raises(AlreadyRunningError, match="asked for by anna at"):
        ask(trigger=ADMIN, by=person("ben"))


def test_the_run_of_a_dead_process_goes_on() -> None:
    """After a kill the same run is returned and can be taken; while the lease lasts it cannot."""
    run = ask()
    lost = retraining.take(run)
    lost.report_progress(stage=TRAIN, doing="epoch 3", progress=0.5)
    with pytest.raises(AlreadyRunningError, match=r"training.*can be started again after"):
        ask()
    die(run)
    again = ask(policy=NEVER)
    assert (again, again.stage, again.policy) == (run, TRAIN, NEVER)
    began = fresh(run).started_at
    with retraining.take(again) as lease:
        with pytest.raises(LeaseLostError):
            lost.report_progress(stage=RetrainRun.Stage.EVALUATE, doing="the champion")
        with pytest.raises(LeaseLostError):
            lost.finish(verdict=REJECTED, message="From the grave.")
        lease.finish(verdict=REJECTED, message="No better.")
    assert (fresh(run).message, fresh(run).started_at) == ("No better.", began)


def heartbeats(run: RetrainRun) -> list[threading.Thread]:
    """Return the threads that keep the lease of a run alive."""
    return [thread for thread in threading.enumerate() if thread.name == f"lease-{run.pk}"]


def test_a_lease_is_kept_alive_until_the_end(settings: Settings) -> None:
    """In a silent step the heartbeat renews the lease again and again, so nobody can take it."""
    settings.RETRAIN_LEASE = timedelta(seconds=2)
    run = ask()
    with retraining.take(run) as lease:
        renewals = set()

        def renewed_three_times() -> bool:
            renewals.add(fresh(run).alive_until)
            return len(renewals) > 3

        wait_until(renewed_three_times, what="three renewals of the lease")
        with pytest.raises(AlreadyRunningError):
            retraining.take(fresh(run))
        lease.finish(verdict=REJECTED, message="No better.")
    assert not heartbeats(run)


def test_a_heartbeat_notices_that_its_lease_is_lost(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Called off in a silent step: the heartbeat ends, and the next word is refused unasked."""
    settings.RETRAIN_LEASE = timedelta(seconds=0.4)
    run = ask()
    with retraining.take(run) as lease:
        assert heartbeats(run)
        assert retraining.call_off(run=run, by=person("anna"))
        wait_until(lambda: not heartbeats(run), what="the end of the heartbeat")
        with (
            django_assert_num_queries(0),
            pytest.raises(LeaseLostError, match="called off"),
        ):
            lease.report_progress(stage=COLLECT, doing="reading")
    assert fresh(run).state == "called_off"
    assert fresh(run).message == "Called off by anna. The champion stays what it is."
    assert not retraining.call_off(run=run, by=User.objects.get(username="anna"))


def test_a_lost_lease_is_noticed_without_a_heartbeat_too() -> None:
    """Called off between two heartbeats, the process stops when it writes its next word."""
    run = ask()
    with retraining.take(run) as lease:
        assert retraining.call_off(run=run, by=person("anna"))
        with pytest.raises(LeaseLostError, match="called off"):
            lease.report_progress(stage=COLLECT, doing="reading")


@contextmanager
def database_away(database: str) -> Iterator[None]:
    """Make this thread's writes fail: PostgreSQL ends its connection, SQLite's file is locked."""
    connection.ensure_connection()
    if database == "postgresql":
        pid = connection.connection.info.backend_pid

        def end_backend() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

        in_threads(1, end_backend)
        yield
        return
    connection.cursor().execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            connection.close()


def test_a_database_that_is_away_stops_no_work(real_database: str) -> None:
    """Progress that cannot be stored is left out; when the database is back, it is stored again."""
    run = ask()
    with retraining.take(run) as lease:
        with database_away(real_database):
            lease.report_progress(stage=COLLECT, doing="photo 1")
        assert fresh(run).doing == ""
        lease.report_progress(stage=TRAIN, doing="epoch 1")
        assert fresh(run).doing == "epoch 1"
        lease.finish(verdict=REJECTED, message="No better.")


def test_work_that_needs_a_database_that_is_away_goes_on_later(real_database: str) -> None:
    """The run has not failed: the next process takes it at once, or after the lease."""
    run = ask()
    with (
        pytest.raises((OperationalError, InterfaceError)),
        retraining.take(run),
        database_away(real_database),
    ):
        person("anna")
    assert fresh(run).state == "running"
    die(run)
    with retraining.take(ask()) as lease:
        assert lease.run == run
        lease.finish(verdict=REJECTED, message="No better.")


def test_words_within_a_second_are_left_out_but_no_stage_is() -> None:
    """A fast loop may report each step: the row is written once a second, and at a new stage."""
    run = ask()
    with retraining.take(run) as lease:
        lease.report_progress(stage=COLLECT, doing="photo 1", progress=0.1)
        lease.report_progress(stage=COLLECT, doing="photo 2", progress=0.2)
        assert (fresh(run).doing, fresh(run).progress) == ("photo 1", 0.1)
        lease.report_progress(stage=TRAIN, doing="epoch 1 " * 50, progress=7)
        assert (fresh(run).stage, fresh(run).progress) == ("train", 1)
        assert len(fresh(run).doing) == 200
        lease.finish(verdict=REJECTED, message="No better.", new_reviews=3)
    done = fresh(run)
    assert (done.state, done.verdict, done.new_reviews) == ("done", "rejected", 3)
    assert (done.owner, done.alive_until, done.doing) == (None, None, "")
    with pytest.raises(AlreadyRunningError, match="a run works once"):
        retraining.take(done)


def test_an_error_ends_the_run_with_its_sentence() -> None:
    """What goes wrong in the work is what the run says; a new one can be asked for."""
    run = ask()
    with pytest.raises(ValueError, match="disk is full"), retraining.take(run):
        raise ValueError("The disk is full.")
    assert (fresh(run).state, fresh(run).message) == ("failed", "The disk is full.")
    assert ask() != run


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_being_told_to_stop_lets_the_next_process_go_on(stop: type[BaseException]) -> None:
    """Ctrl-C ends nothing: the run can be taken again at once, without waiting for the lease."""
    run = ask()
    lease = retraining.take(run)
    lease.report_progress(stage=TRAIN, doing="epoch 3")
    with pytest.raises(stop), lease:
        raise stop
    assert fresh(run).state == "running"
    with retraining.take(ask()) as lease:
        assert (lease.run, lease.run.stage) == (run, TRAIN)
        lease.finish(verdict=REJECTED, message="No better.")


def test_work_that_forgets_its_verdict_has_failed() -> None:
    """A block that just ends leaves no run that looks alive."""
    run = ask()
    with retraining.take(run):
        pass
    assert (fresh(run).state, "without a verdict" in fresh(run).message) == ("failed", True)


def test_only_runs_that_nobody_works_on_are_rung_for() -> None:
    """The sweep sends a message for a queued run and for a dead process's, and for nothing else."""
    assert retraining.notify_if_waiting() is None
    run = ask()
    assert retraining.notify_if_waiting() == run
    lease = retraining.take(run)
    assert retraining.notify_if_waiting() is None
    die(run)
    assert retraining.notify_if_waiting() == run
    retraining.take(fresh(run)).finish(verdict=REJECTED, message="No better.")
    assert lease.run == run
    assert retraining.notify_if_waiting() is None


def test_new_reviews_are_those_the_champion_has_not_learned() -> None:
    """Bad photos teach nothing, an undone review neither, and what was learned is not new."""
    learned, new = reviews(3), reviews(2)
    reviews(1, "bad_photo")
    (undone,) = reviews(1)
    Review.objects.filter(pk=undone.pk).update(is_final=False, voided=True)
    assert retraining.new_reviews() == 5
    learn(a_champion(), learned)
    assert retraining.new_reviews() == len(new)
    ListingPhoto.objects.filter(reviews=new[0]).delete()
    assert retraining.new_reviews() == 1


@pytest.fixture
def automatic(settings: Settings) -> ModelVersion:
    """Every six hours, with three new reviews; there is a champion."""
    settings.RETRAIN_EVERY_HOURS, settings.RETRAIN_MIN_NEW = 6, 3
    return a_champion()


NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)


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
        "The last one ended at 01 March 11:20, and 6 hours lie between two."
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
