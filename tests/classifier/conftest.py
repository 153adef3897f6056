"""Sellers, moderators and a champion."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from celery.worker import state
from django.contrib.auth.models import Permission, User
from django.core.cache import cache, caches
from pytest_django import Settings

from classifier import notify
from classifier.models import ModelVersion
from classifier.worker import live_model
from classifier.worker.loops import tag
from tests.classifier.reviewing import EVERYTHING
from tests.databases import default_database, empty_tables
from tests.rows import champion_of
from tests.tagged_photos import a_moderator


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    """The limits on how often somebody may ask start anew with each test."""
    cache.clear()
    caches["shared"].clear()


@pytest.fixture
def other_seller(db: None) -> User:
    return User.objects.create_user("other", password="another that no list has")


@pytest.fixture
def moderator(db: None) -> User:
    """Staff who may look at photos and have them tried again."""
    user = User.objects.create_user("moderator", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_listingphoto", "change_listingphoto", "view_modelversion"]
        )
    )
    return user


@pytest.fixture
def anna(db: None) -> User:
    """Staff who may do all there is to do about reviews."""
    return a_moderator("anna", rights=EVERYTHING)


@pytest.fixture
def no_sample(settings: Settings) -> None:
    """No confident photo is drawn, unless the test says otherwise."""
    settings.REVIEW_SAMPLE_SHARE = 0.0


@pytest.fixture
def onlooker(db: None) -> User:
    """Staff who may look at photos and models, and no more."""
    user = User.objects.create_user("onlooker", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_listingphoto", "view_modelversion"])
    )
    return user


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", password="one that no list has either")


@pytest.fixture
def champion(db: None, small_bundle: Path) -> ModelVersion:
    """The model in production: registered and promoted, its files in the bundle storage."""
    return champion_of(small_bundle)


@pytest.fixture
def sqlite_in_a_file(sqlite_database: dict[str, Any], django_db_blocker: Any) -> Iterator[None]:
    """Real commits, and every thread has its own connection."""
    with django_db_blocker.unblock(), default_database(sqlite_database):
        yield
        empty_tables()


@pytest.fixture
def worker_that_just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model in memory, and nobody has asked it to stop."""
    monkeypatch.setattr(live_model, "slot", live_model.ModelSlot())
    monkeypatch.setattr(tag, "stopping", threading.Event())
    monkeypatch.setattr(state, "should_stop", None)


@pytest.fixture
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[list[Any]]]]:
    """A broker in this process's memory; call it for the arguments of what was sent since."""
    # A test before may have found that no broker answers, which is remembered for a while.
    monkeypatch.setattr(notify, "broker_state", notify.BrokerState())
    before, current_app.conf.broker_url = current_app.conf.broker_url, "memory://"

    def read() -> list[list[Any]]:
        messages = []
        with current_app.connection_for_read() as connection:
            queue = connection.SimpleQueue(current_app.conf.task_default_queue)
            for _ in range(queue.qsize()):
                message = queue.get(block=False)
                message.ack()
                messages.append(message.payload[0])
            queue.close()
        return messages

    read()
    yield read
    current_app.conf.broker_url = before
