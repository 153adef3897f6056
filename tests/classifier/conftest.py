"""Sellers, moderators and a champion."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import Permission, User
from django.core.cache import cache, caches
from pytest_django import Settings

from classifier import notify
from classifier.models import ModelVersion
from tests.classifier.reviewing import EVERYTHING
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
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[list[Any]]]]:
    """A broker in this process's memory; call it for the arguments of what was sent since."""
    # A test before may have found that no broker answers, which is remembered for a while.
    monkeypatch.setattr(notify, "_broker", notify._Broker())
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
