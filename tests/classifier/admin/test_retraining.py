"""Retraining in the admin: start, watch, call off, and when the next one comes by itself."""

import re
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from classifier import retraining
from classifier.models import ModelVersion, RetrainRun
from tests.classifier.admin.pages import words
from tests.classifier.candidates import a_candidate
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.django_db

RUNS = "/admin/classifier/retrainrun/"
NOW = f"{RUNS}now/"
START = f"{RUNS}retrain_now/"
CALL_OFF = f"{RUNS}call_off/"
GATE = {"_form_submitted": "on", "policy": "gate"}
TRAIN, EVALUATE = RetrainRun.Stage.TRAIN, RetrainRun.Stage.EVALUATE


@pytest.fixture
def engineer(db: None) -> User:
    """Staff who may start retrainings, and see them by that."""
    return a_moderator("engineer", rights=["retrain"])


@pytest.fixture
def watcher(db: None) -> User:
    """Staff who may see retrainings and start none."""
    return a_moderator("watcher", rights=["view_retrainrun"])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What would go to the broker: task, arguments, queue."""
    sent: list[tuple[Any, ...]] = []

    def send_task(task: str, *, args: tuple[int, ...], **options: Any) -> None:
        route = current_app.amqp.router.route(options, task, args=args)
        sent.append((task, args, route["queue"].name))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return sent


def a_run() -> RetrainRun:
    return retraining.request(trigger=RetrainRun.Trigger.COMMAND, policy=RetrainRun.Policy.GATE)


def test_the_button_asks_first_and_then_a_run_waits_for_the_trainer(
    client: Client,
    engineer: User,
    sent: list[tuple[Any, ...]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    """It offers three policies; the answer is a row, and a message on the trainer's queue."""
    client.force_login(engineer)
    question = client.get(START).content.decode()
    assert "Retrain now?" in question
    assert all(f'value="{policy}"' in question for policy in ("gate", "never", "always"))
    assert not RetrainRun.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(START, {**GATE, "policy": "never"})
    assert answer["HX-Redirect"] == RUNS
    run = RetrainRun.objects.get()
    assert (run.state, run.policy, run.trigger) == ("queued", "never", "admin")
    assert run.requested_by == engineer
    assert sent == [("training.tasks.retrain", (run.pk,), "training")]
    assert f"{run} waits for the trainer." in client.get(RUNS).content.decode()


def test_a_second_one_is_refused_with_its_reason(
    client: Client, engineer: User, boss: User
) -> None:
    """While one is unfinished the button makes no other, and says who asked for that one."""
    client.force_login(boss)
    client.post(START, GATE)
    client.force_login(engineer)
    client.post(START, GATE)
    assert RetrainRun.objects.count() == 1
    assert "was asked for by boss on" in client.get(RUNS).content.decode()


def test_an_unknown_policy_starts_nothing(client: Client, engineer: User) -> None:
    """A form that somebody made up is shown again."""
    client.force_login(engineer)
    client.post(START, {**GATE, "policy": "whatever"})
    assert not RetrainRun.objects.exists()


def test_progress_is_told_to_page_and_script(client: Client, watcher: User) -> None:
    """Stage, what it does, how far it is: on the page as loaded, and in JSON for what follows."""
    client.force_login(watcher)
    assert "There has been no retraining yet." in client.get(NOW).json()["html"]
    assert "There has been no retraining yet." in client.get(RUNS).content.decode()

    run = a_run()
    with retraining.take(run) as lease:
        lease.report_progress(stage=TRAIN, doing="epoch 3 of <10>", progress=0.25)
        now = client.get(NOW).json()
        assert now["unfinished"] is True
        for html in (now["html"], client.get(RUNS).content.decode()):
            assert 'value="0.2500"' in html
            assert "epoch 3 of &lt;10&gt;" in html
            assert re.search(r'class="m-now" aria-current="step">training<', html)
            assert re.search(r'class="m-done">collecting labels ✓<', html)
        lease.report_progress(stage=EVALUATE, doing="the champion on the test photos")
        assert 'aria-current="step">comparing with the champion<' in client.get(NOW).json()["html"]
        lease.finish(verdict=RetrainRun.Verdict.REJECTED, message="Rejected: no gain.")
    now = client.get(NOW).json()
    assert now["unfinished"] is False
    assert "Rejected: no gain." in now["html"]


def test_past_runs_are_listed_with_verdict_and_message(
    client: Client, watcher: User, champion: ModelVersion
) -> None:
    """Each run says how it ended and which version it made; its page has the whole message."""
    candidate = a_candidate(champion)
    run = a_run()
    with retraining.take(run) as lease:
        lease.finish(
            verdict=RetrainRun.Verdict.KEPT,
            message="It is kept. " + "Word after word. " * 30,
            candidate=candidate,
            new_reviews=12,
        )
    client.force_login(watcher)
    page = words(client.get(RUNS).content.decode())
    assert "kept as a candidate" in page
    assert "candidate" in page
    whole = words(client.get(f"{RUNS}{run.pk}/change/").content.decode())
    assert whole.count("Word after word.") == 30


def test_a_process_that_fell_silent_is_told(client: Client, watcher: User) -> None:
    """When the lease is over, the page says that it will go on, not that it runs."""
    run = a_run()
    retraining.take(run).report_progress(stage=TRAIN, doing="epoch 3")
    client.force_login(watcher)
    assert "fallen silent" not in client.get(NOW).json()["html"]
    RetrainRun.objects.update(alive_until=timezone.now() - timedelta(seconds=1))
    assert "fallen silent" in client.get(NOW).json()["html"]


def test_a_run_that_was_put_off_is_not_called_silent(client: Client, watcher: User) -> None:
    """Its process let go of it for a reason that the page names; it goes on by itself."""
    run = a_run()
    with pytest.raises(retraining.PostponedError), retraining.take(run):
        raise retraining.PostponedError("The storage cannot be reached.")
    client.force_login(watcher)
    page = client.get(NOW).json()["html"]
    assert "The storage cannot be reached." in page
    assert "A trainer goes on with it within a minute" in page
    assert "fallen silent" not in page


def test_a_run_can_be_called_off(client: Client, engineer: User) -> None:
    """It asks first; then the run has ended, and its process may write nothing more."""
    lease = retraining.take(a_run())
    client.force_login(engineer)
    assert CALL_OFF in client.get(RUNS).content.decode()
    client.post(CALL_OFF, {"_form_submitted": "on"})
    run = RetrainRun.objects.get()
    assert (run.state, run.message) == (
        "called_off",
        "Called off by engineer. The champion stays what it is.",
    )
    with pytest.raises(retraining.LeaseLostError):
        lease.report_progress(stage=TRAIN, doing="epoch 4")
    assert CALL_OFF not in client.get(RUNS).content.decode(), "there is nothing to call off"


@pytest.mark.parametrize(
    ("path", "method"), [(START, "get"), (START, "post"), (CALL_OFF, "get"), (CALL_OFF, "post")]
)
def test_watching_does_not_include_starting(
    client: Client, watcher: User, path: str, method: str
) -> None:
    """Each action that changes something refuses who may only look, and is not shown to them."""
    run = a_run()
    client.force_login(watcher)
    assert path not in client.get(RUNS).content.decode()
    assert getattr(client, method)(path, GATE).status_code == 403
    assert RetrainRun.objects.get() == run
    assert RetrainRun.objects.get().state == "queued"


@pytest.mark.parametrize("path", [RUNS, START, CALL_OFF, NOW])
def test_a_moderator_has_no_business_here(client: Client, moderator: User, path: str) -> None:
    """The rights of a moderator open none of it; nor does the admin's first page mention it."""
    client.force_login(moderator)
    assert client.get(path).status_code == 403
    assert "retraining" not in client.get("/admin/").content.decode().lower()


def test_the_script_is_told_in_json_that_it_must_sign_in(client: Client, seller: User) -> None:
    """A script cannot follow a redirect to a form: 401 signed out, 403 for people of no staff."""
    assert client.get(NOW).status_code == 401
    client.force_login(seller)
    assert client.get(NOW).status_code == 403


def test_nothing_here_can_be_edited_or_deleted(client: Client, boss: User) -> None:
    """Even a superuser only looks: runs are a record."""
    run = a_run()
    client.force_login(boss)
    assert client.get(f"{RUNS}add/").status_code == 403
    assert client.post(f"{RUNS}{run.pk}/change/", {"state": "done"}).status_code == 403
    assert client.get(f"{RUNS}{run.pk}/delete/").status_code == 403


def test_the_page_says_when_the_next_one_comes_and_why_not_yet(
    client: Client, watcher: User, champion: ModelVersion, settings: Settings
) -> None:
    """The schedule in words: switched off, or how many reviews are still missing."""
    client.force_login(watcher)
    assert "RETRAIN_EVERY_HOURS is 0" in client.get(RUNS).content.decode()
    settings.RETRAIN_EVERY_HOURS, settings.RETRAIN_MIN_NEW = 24, 50
    for page in (RUNS, "/admin/"):
        assert "0 of 50 new reviews are there." in client.get(page).content.decode()
    settings.RETRAIN_MIN_NEW = 0
    assert "It is due" in client.get(RUNS).content.decode()


def test_a_run_that_waits_for_long_raises_an_alarm(client: Client, watcher: User) -> None:
    """After two minutes without a trainer the first page says so, and what to start."""
    run = a_run()
    client.force_login(watcher)
    assert "waits for a trainer" not in client.get("/admin/").content.decode()
    RetrainRun.objects.update(requested_at=timezone.now() - timedelta(minutes=3))
    for page in ("/admin/", RUNS):
        assert f"{run} waits for a trainer since" in client.get(page).content.decode()
    with retraining.take(run) as lease:
        assert retraining.missing_trainer() == ""
        RetrainRun.objects.update(alive_until=timezone.now() - timedelta(minutes=3))
        assert "waits for a trainer" in client.get("/admin/").content.decode()
        lease.finish(verdict=RetrainRun.Verdict.REJECTED, message="No better.")
    assert retraining.missing_trainer() == ""
