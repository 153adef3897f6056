"""The whole system as an operator runs it: web, worker, scheduler and Redis, as real processes."""

import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import requests

from classifier.ml.engines.processor import has_bfloat16
from local_stack.api_client import ApiClient
from local_stack.processes import free_port
from slowfashion_ai.embedded_redis import answers, server_command
from tests import procfile
from tests.servers.environment import bare_environment
from tests.servers.prepared import SECRET_KEY, SELLER, prepare
from tests.servers.processes import START_SECONDS, Program, completed, wait_until

BINARIES: Final = Path(sys.executable).parent
# So that what a killed worker held comes back while a test waits for it.
LEASE_SECONDS: Final = 15


class System:
    """Everything lies in ``folder``; DEBUG is off, as in earnest."""

    def __init__(self, folder: Path, extra: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = bare_environment() | {
            "VAR_DIR": str(folder),
            "SECRET_KEY": SECRET_KEY,
            "DEBUG": "off",
            "REDIS_URL": f"redis+socket://{folder / 'redis.sock'}",
            "CLAIM_LEASE_SECONDS": str(LEASE_SECONDS),
            "SWEEP_EVERY_SECONDS": "2",
            # Several of these run beside each other; more threads would only wait for cores.
            "OMP_NUM_THREADS": "1",
            # What a worker would choose; it measures for seconds first.
            "ENGINE": "torch-bf16" if has_bfloat16() else "torch-fp32",
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
        self.worker = self._celery("worker")
        self.trainer = self._celery("trainer")
        self.monitor_address = f"127.0.0.1:{free_port()}"
        self.monitor = self._program("monitor", [
            sys.executable, "manage.py", "monitor", "--address", self.monitor_address,
        ])  # fmt: skip
        self.scheduler = self.another_scheduler("scheduler")

    def _celery(self, name: str) -> Program:
        program, *arguments = procfile.started(name).command
        return self._program(name, [BINARIES / program, *arguments])

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
        done = completed([sys.executable, "manage.py", *arguments], self.env)
        if check and done.returncode:
            raise AssertionError(f"manage.py {arguments[0]} failed: {done.stdout}{done.stderr}")
        return done

    def set_up(self) -> None:
        prepare(self.folder, self.env.get("DATABASE_URL"))

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
        waiting = deque(listings)
        photos: list[dict[str, Any]] = []

        def all_done() -> bool:
            # In turn, and none again that is done: to ask for hundreds of listings each time keeps
            # the web process as busy as the worker.
            while waiting:
                of_listing = client.listing(waiting[0])["photos"]
                if any(photo["status"] == "pending" for photo in of_listing):
                    return False
                photos.extend(of_listing)
                waiting.popleft()
            return True

        wait_until(all_done, what="no photo is pending any more", seconds=seconds)
        return photos


def _start_and_wait(worker: Program) -> None:
    before = worker.log.count(" ready.")
    worker.start()

    def ready() -> bool:
        return worker.log.count(" ready.") > before

    wait_until(lambda: ready() or not worker.runs, what=f"the {worker.name} is ready")
    # Not that it still runs: a first photo may have ended it since.
    assert ready(), worker.log
