"""The whole system as an operator runs it: web, worker, scheduler and Redis, as real processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import requests

from local_stack.api_client import ApiClient
from local_stack.processes import free_port
from slowfashion_ai.embedded_redis import answers, server_command
from tests.servers.processes import REPOSITORY, START_SECONDS, Program, wait_until
from tests.servers.watcher import remove_with_the_run

BINARIES: Final = Path(sys.executable).parent
SELLER: Final = ("seller", "a-password-of-the-tests")
SECRET_KEY: Final = "only-for-this-test"
# So that what a killed worker held comes back while a test waits for it.
LEASE_SECONDS: Final = 30
DATABASE: Final = "db.sqlite3"
SET_UP: Final = f"""
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
User.objects.create_user("{SELLER[0]}", password="{SELLER[1]}")
"""


class System:
    """Everything lies in ``folder``; DEBUG is off, as in earnest."""

    def __init__(self, folder: Path, extra: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = _bare_environment() | {
            "VAR_DIR": str(folder),
            "SECRET_KEY": SECRET_KEY,
            "DEBUG": "off",
            "REDIS_URL": f"redis+socket://{folder / 'redis.sock'}",
            "CLAIM_LEASE_SECONDS": str(LEASE_SECONDS),
            "SWEEP_EVERY_SECONDS": "2",
            # Several of these run beside each other; more threads would only wait for cores.
            "OMP_NUM_THREADS": "1",
            "ENGINE": "torch-fp32",
            "TRIAL_LOAD_MB": "0",
            "CANARY_EVERY_SECONDS": "0",
            **(extra or {}),
        }
        redis = server_command(folder / "redis.sock")
        self.redis = self._program("redis", redis)
        self.web = self._program("web", [
            BINARIES / "gunicorn", "slowfashion_ai.wsgi", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "slowfashion_ai.gunicorn_worker.PatientThreadWorker",
            "--threads", "24",
        ])  # fmt: skip
        self.worker = self._program("worker", [
            BINARIES / "celery", "--app", "slowfashion_ai", "worker", "--pool", "threads",
            "--concurrency", "4", "--queues", "classification,reclassification,maintenance",
            "--without-gossip", "--without-mingle",
        ])  # fmt: skip
        self.trainer = self._program("trainer", [
            BINARIES / "celery", "--app", "slowfashion_ai", "worker", "--hostname", "trainer@%h",
            "--pool", "threads", "--concurrency", "1", "--queues", "training",
            "--without-gossip", "--without-mingle",
        ])  # fmt: skip
        self.monitor_address = f"127.0.0.1:{free_port()}"
        self.monitor = self._program("monitor", [
            sys.executable, "manage.py", "monitor", "--address", self.monitor_address,
        ])  # fmt: skip
        self.scheduler = self.another_scheduler("scheduler")

    def another_scheduler(self, name: str = "second-scheduler") -> Program:
        """Return a scheduler that is not started."""
        return self._program(name, [
            BINARIES / "celery", "--app", "slowfashion_ai", "beat",
            "--schedule", self.folder / f"{name}-schedule", "--pidfile=",
        ])  # fmt: skip

    def _program(self, name: str, command: list[Any]) -> Program:
        return Program(name, command, self.folder, self.env)

    @property
    def programs(self) -> tuple[Program, ...]:
        return (
            self.redis, self.web, self.worker, self.trainer, self.scheduler, self.monitor,
        )  # fmt: skip

    def manage(
        self, *arguments: str | Path, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of ``manage.py`` on this system's database and files."""
        done = subprocess.run(
            [sys.executable, "manage.py", *(str(part) for part in arguments)],
            cwd=REPOSITORY, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"manage.py {arguments[0]} failed: {done.stdout}{done.stderr}")
        return done

    def set_up(self) -> None:
        """Make the database, the static files and the seller; on SQLite, copy those made before.

        Migrating takes longer than all that a system starts with; it has tests of its own.
        """
        if "DATABASE_URL" in self.env:
            self.manage("shell", "--command", SET_UP)
            return
        made = _set_up_once()
        folder = Path(self.env["VAR_DIR"])
        shutil.copy(made / DATABASE, folder)
        shutil.copytree(made / "static", folder / "static")

    def register(self, bundle: Path) -> None:
        self.manage("register_model", bundle, "--promote")

    def start(self) -> None:
        self.start_redis()
        for program in (self.web, self.scheduler):
            program.start()
        self.start_worker()
        wait_until(self.page_answers, what=f"{self.address}/healthz answers")

    def start_redis(self) -> None:
        self.redis.start()
        wait_until(lambda: answers(self.folder / "redis.sock"), what="Redis answers", seconds=20)

    def start_worker(self) -> None:
        _start_and_wait(self.worker)

    def start_trainer(self) -> None:
        """Not part of `start`: few tests train."""
        _start_and_wait(self.trainer)

    def readiness(self) -> tuple[int, dict[str, str]]:
        """Return what the monitor, once it is started, answers to `/readyz`; 0 if nothing."""
        try:
            answer = requests.get(f"http://{self.monitor_address}/readyz", timeout=5)
        except (requests.ConnectionError, requests.Timeout):
            return 0, {}
        return answer.status_code, answer.json()

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()

    def kill(self) -> None:
        for program in self.programs:
            program.kill()

    def page_answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def seller(self) -> ApiClient:
        """Return a client that is signed in as the seller."""
        return ApiClient.signed_in(self.address, *SELLER)

    def wait_for_results(
        self, client: ApiClient, listings: list[int], seconds: float = START_SECONDS
    ) -> list[dict[str, Any]]:
        """Return all photos of these listings once none is pending any more."""
        photos: list[dict[str, Any]] = []

        def all_done() -> bool:
            photos[:] = [photo for number in listings for photo in client.listing(number)["photos"]]
            return all(photo["status"] != "pending" for photo in photos)

        wait_until(all_done, what="no photo is pending any more", seconds=seconds)
        return photos


@cache
def _set_up_once() -> Path:
    """Return a folder with an empty database, its seller and the static files."""
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    remove_with_the_run(folder)
    System(folder).manage("shell", "--command", SET_UP)
    # What is in a log beside the file would not be copied.
    assert not (folder / f"{DATABASE}-wal").exists()
    return folder


def _start_and_wait(worker: Program) -> None:
    before = worker.log.count(" ready.")
    worker.start()
    wait_until(
        lambda: worker.log.count(" ready.") > before or not worker.runs,
        what=f"the {worker.name} is ready",
    )
    assert worker.runs, worker.log


def _bare_environment() -> dict[str, str]:
    """What any program needs; no setting of the developer's own gets through."""
    kept = (
        "PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "CUDA_VISIBLE_DEVICES",
        "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START",
    )  # fmt: skip
    return {name: os.environ[name] for name in kept if name in os.environ}
