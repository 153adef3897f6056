"""The lease of the process that works on a retraining: kept, lost, and without a database."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from pytest_django import DjangoAssertNumQueries, Settings

from classifier import retraining
from classifier.models import RetrainRun
from classifier.retraining import AlreadyRunningError, LeaseLostError
from tests.classifier.retraining.runs import (
    COLLECT,
    REJECTED,
    TRAIN,
    ask,
    die,
    fresh,
    person,
)
from tests.databases import database_away
from tests.servers.processes import wait_until

pytestmark = pytest.mark.usefixtures("real_database")


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
