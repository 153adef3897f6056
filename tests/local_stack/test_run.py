"""`make run`: what a person at the terminal sees."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.repository import REPOSITORY
from tests.servers.watcher import end_with_the_run

PATIENCE_SECONDS = 180


def run(folder: Path, port: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "local_stack", "run"],
        cwd=REPOSITORY, env=environment(folder, port),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    end_with_the_run(process.pid)
    return process


def environment(folder: Path, port: int) -> dict[str, str]:
    """A newcomer's environment: no database, no Redis, no storage named."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return plain | {"DEBUG": "on", "VAR_DIR": str(folder), "PORT": str(port)}


def started_in(folder: Path) -> list[psutil.Process]:
    """Every living process whose environment names the folder."""
    processes = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("VAR_DIR") == str(folder)
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if mine and alive:
            processes.append(process)
    return processes


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_a_clear_message(short_folder: Path, taken_port: int) -> None:
    """Nothing is started on a port that another program has; the sentence names another port."""
    process = run(short_folder, taken_port)
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert f"Port {taken_port} is in use" in output
    assert f"PORT={taken_port + 1}" in output
    assert "Traceback" not in output


@pytest.mark.integration
def test_a_second_system_s_monitor_takes_another_port(short_folder: Path, taken_port: int) -> None:
    """Where another monitor listens already it says where it answers; `make run` would end else."""
    procfile = (REPOSITORY / "Procfile").read_text()
    assert "manage.py monitor --any-port" in procfile
    process = subprocess.Popen(
        [sys.executable, "manage.py", "monitor", "--any-port"],
        cwd=REPOSITORY,
        env=environment(short_folder, 1) | {"MONITOR_ADDRESS": f"127.0.0.1:{taken_port}"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end_with_the_run(process.pid)
    assert process.stdout
    match = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
    assert match
    assert int(match[1]) != taken_port
    assert requests.get(f"{match[0]}livez", timeout=30).ok
    process.terminate()
    process.communicate(timeout=PATIENCE_SECONDS)
