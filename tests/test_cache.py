"""The cache that all processes share, and what becomes of it while Redis is away."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache.backends.redis import RedisCache
from rest_framework.test import APIRequestFactory

from classifier.throttles import LoginThrottle
from slowfashion_ai import cache as shared_cache
from slowfashion_ai.cache import JsonSerializer, SharedCache, redis_location
from slowfashion_ai.embedded_redis import answers, server_command
from tests.repository import REPOSITORY

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}}


@pytest.fixture
def redis_socket(short_folder: Path) -> Iterator[Path]:
    """A Redis server that a test may stop."""
    socket = short_folder / "redis.sock"
    server = subprocess.Popen(server_command(socket))
    deadline = time.monotonic() + 30
    while not answers(socket) and time.monotonic() < deadline:
        time.sleep(0.05)
    yield socket
    server.terminate()
    server.wait()


@pytest.fixture(autouse=True)
def redis_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedCache, "away_until", 0.0)


def location_of(socket: Path) -> str:
    return redis_location(f"redis+socket://{socket}")


@pytest.mark.integration
def test_what_one_process_counts_another_sees(redis_socket: Path) -> None:
    """It lies in Redis as JSON, not in the process."""
    SharedCache(location_of(redis_socket), OPTIONS).set("asked", [1.5, 2.5], 60)
    options = {"OPTIONS": {"serializer": JsonSerializer}}
    other = RedisCache(location_of(redis_socket), options)
    assert other.get("asked") == [1.5, 2.5]


TWO_ATTEMPTS = """
import django
django.setup()
from django.contrib.auth.models import AnonymousUser
from rest_framework.test import APIRequestFactory
from classifier import throttles
request = APIRequestFactory().post("/api/v1/token/", REMOTE_ADDR="10.9.8.7")
request.user = AnonymousUser()
for limit in vars(throttles).values():
    if isinstance(limit, type) and limit.__module__ == throttles.__name__:
        if limit.scope not in ("logins", "uploads"):  # those come from the environment
            limit.rate = "3/min"
        print(limit.__name__, [limit().allow_request(request, None) for _ in range(2)])
"""


@pytest.mark.integration
def test_all_processes_count_attempts_together(redis_socket: Path, tmp_path: Path) -> None:
    """Of three attempts a minute the first process takes two, and the second has one left.

    It is so for each limit there is.
    """
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", "DEBUG": "on",
        "VAR_DIR": str(tmp_path), "REDIS_URL": f"redis+socket://{redis_socket}",
        "LOGINS_PER_MINUTE": "3", "UPLOADS_PER_MINUTE": "3",
    }  # fmt: skip
    allowed = [
        subprocess.run(
            [sys.executable, "-c", TWO_ATTEMPTS], cwd=REPOSITORY, env=environment,
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()
        for _ in range(2)
    ]  # fmt: skip
    limits = ("RequestThrottle", "UploadThrottle", "ExportThrottle", "LoginThrottle")
    assert allowed == [
        [f"{limit} [True, {second}]" for limit in limits] for second in (True, False)
    ]


@pytest.mark.integration
def test_a_redis_that_is_gone_neither_fails_nor_holds_up_a_request(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits hold in each process by itself, and Redis is asked again after a while."""
    cache = SharedCache(location_of(short_folder / "nobody.sock"), OPTIONS)
    monkeypatch.setattr(LoginThrottle, "cache", cache)
    monkeypatch.setattr(LoginThrottle, "rate", "3/min", raising=False)
    request = APIRequestFactory().post("/api/token/", REMOTE_ADDR="10.9.8.7")
    request.user = AnonymousUser()
    began = time.monotonic()
    allowed = [LoginThrottle().allow_request(request, None) for _ in range(5)]  # type: ignore[arg-type]  # no view
    assert allowed == [True, True, True, False, False]
    assert time.monotonic() - began < 1


@pytest.mark.integration
def test_redis_is_used_again_once_it_is_back(
    redis_socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed once is left alone for some seconds only."""
    monkeypatch.setattr(shared_cache, "ASK_AGAIN_SECONDS", 0.0)
    away = SharedCache(location_of(redis_socket.with_name("nobody.sock")), OPTIONS)
    away.set("before", 1)
    cache = SharedCache(location_of(redis_socket), OPTIONS)
    cache.set("after", 2)
    assert (
        RedisCache(location_of(redis_socket), {"OPTIONS": {"serializer": JsonSerializer}}).get(
            "after"
        )
        == 2
    )


def test_clearing_it_leaves_the_queues_alone(short_folder: Path) -> None:
    """The broker lies in the same Redis, so it is never flushed."""
    cache = SharedCache(location_of(short_folder / "nobody.sock"), OPTIONS)
    cache.set("key", 1)
    cache.clear()
    assert cache.get("key") is None
