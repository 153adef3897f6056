"""Who signs in on the seller's pages, and what these ask of workers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.test import Client

ADDRESS = "seller@shop.example"


@pytest.fixture
def owner(seller: User) -> User:
    """The seller, with a mail address."""
    seller.email = ADDRESS
    seller.save()
    return seller


@pytest.fixture
def page(client: Client, owner: User) -> Client:
    """A browser in which the seller is signed in."""
    client.force_login(owner)
    return client


@pytest.fixture
def sent_tasks() -> Iterator[Callable[[], list[list[Any]]]]:
    """A broker in this process's memory; call it for the arguments of what was sent since."""
    before, current_app.conf.broker_url = current_app.conf.broker_url, "memory://"

    def read() -> list[list[Any]]:
        found = []
        with current_app.connection_for_read() as connection:
            queue = connection.SimpleQueue(current_app.conf.task_default_queue)
            for _ in range(queue.qsize()):
                message = queue.get(block=False)
                message.ack()
                found.append(message.payload[0])
            queue.close()
        return found

    read()
    yield read
    current_app.conf.broker_url = before
