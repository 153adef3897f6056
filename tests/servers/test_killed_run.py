"""A test run leaves nothing running, however it ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.repository import REPOSITORY
from tests.servers import prepared
from tests.servers.environment import bare_environment
from tests.servers.processes import wait_until
from tests.servers.watcher import end_with_the_run

pytestmark = pytest.mark.integration


def alive(pid: int, began: float) -> bool:
    try:
        process = psutil.Process(pid)
        return process.create_time() == began and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_servers_die_with_a_killed_run(tmp_path: Path) -> None:
    """After SIGKILL to pytest, Redis, PostgreSQL, gunicorn, Celery and their children are gone."""
    file, log = tmp_path / "processes.json", tmp_path / "log"
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "-q",
               "tests/servers/endless_run.py"]  # fmt: skip
    # A run of its own, with servers of its own; what is only copied it may have from this one.
    environment = bare_environment() | {
        "WRITE_PROCESSES_TO": str(file), prepared.VARIABLE: str(prepared.shared_folder()),
    }  # fmt: skip
    with log.open("w") as output:
        run = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output
        )
    end_with_the_run(run.pid)
    wait_until(
        lambda: file.exists() or run.poll() is not None, what="all servers are started", seconds=300
    )
    assert file.exists(), log.read_text()
    facts = json.loads(file.read_text())
    names = " ".join(name for _, _, name in facts["processes"])
    assert all(program in names for program in ("redis-server", "postgres", "gunicorn", "celery"))

    run.send_signal(signal.SIGKILL)
    run.wait()
    wait_until(
        lambda: not any(alive(pid, began) for pid, began, _ in facts["processes"]),
        what=f"none of these runs any more: {names}", seconds=60,
    )  # fmt: skip
    wait_until(
        lambda: not any(Path(folder).exists() for folder in facts["folders"]),
        what="their folders are removed", seconds=60,
    )  # fmt: skip
