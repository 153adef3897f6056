"""Who asks for a retraining, and which process takes it."""

import pytest
from django.db import IntegrityError, transaction

from classifier import retraining
from classifier.models import RetrainRun
from classifier.retraining import AlreadyRunningError, Lease, LeaseLostError
from tests.classifier.retraining.runs import (
    ADMIN,
    COMMAND,
    NEVER,
    REJECTED,
    TRAIN,
    ask,
    die,
    fresh,
    person,
)
from tests.databases import in_threads

pytestmark = pytest.mark.usefixtures("real_database")


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
    with pytest.raises(AlreadyRunningError, match="asked for by anna on"):
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


def test_only_runs_that_nobody_works_on_get_a_message() -> None:
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
