"""The Redis of a machine that has none."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from slowfashion_ai.embedded_redis import EmbeddedRedisError, answers, server_command
from tests.repository import REPOSITORY
from tests.servers.processes import wait_until
from tests.servers.watcher import end_with_the_run

START_SECONDS = 30


def start(folder: Path) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "slowfashion_ai.embedded_redis"],
        cwd=REPOSITORY, env=environment | {"DEBUG": "on", "VAR_DIR": str(folder)},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end_with_the_run(process.pid)
    return process


@pytest.fixture
def server(short_folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(short_folder)
    wait_until(
        lambda: answers(short_folder / "redis.sock") or process.poll() is not None,
        what="Redis answers",
    )
    assert process.poll() is None
    yield process
    process.terminate()
    process.communicate(timeout=START_SECONDS)


@pytest.mark.integration
def test_it_listens_on_its_socket_alone(server: subprocess.Popen[str], short_folder: Path) -> None:
    """It answers on the socket, which nobody else may use, and takes no port."""
    socket_path = short_folder / "redis.sock"
    with redis.Redis(unix_socket_path=str(socket_path)) as client:
        assert client.ping()
    assert socket_path.stat().st_mode & 0o777 == 0o700
    listening = psutil.Process(server.pid).net_connections(kind="inet")
    assert listening == []


@pytest.mark.integration
def test_a_second_one_in_the_same_folder_is_refused(
    server: subprocess.Popen[str], short_folder: Path
) -> None:
    """Two systems in one folder would take each other's messages, so the second does not start."""
    second = start(short_folder)
    _, output = second.communicate(timeout=START_SECONDS)
    assert second.returncode == 1
    assert "answers on" in output
    assert "VAR_DIR" in output
    assert answers(short_folder / "redis.sock")


def test_a_path_too_long_for_a_socket_is_refused_in_words() -> None:
    """The kernel's limit becomes a sentence that says what to set."""
    with pytest.raises(EmbeddedRedisError, match=r"too long for a socket.*Set VAR_DIR"):
        server_command(Path("/" + "deep/" * 30) / "redis.sock")
