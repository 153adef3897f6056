"""The faults: each breaks something for a while and puts it right again."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import redis

from tests.chaos.retraining import STAGES, Retrainings
from tests.chaos.setups import LEASE_SECONDS, Setup, s3_client
from tests.chaos.uploads import Uploads
from tests.faulty_decoder import MARK
from tests.servers.processes import Program

BOTH: Final = (
    "kill_worker", "kill_web", "kill_scheduler", "kill_redis", "pause_redis", "flush_redis",
    "stop_worker_beyond_its_lease", "poison_photo", "restart_worker", "clock_ahead", "clock_behind",
    "timers_ahead", "promote_and_tag_again", "kill_trainer",
)  # fmt: skip
KINDS: Final = {
    "postgresql": (
        *BOTH, "restart_database", "freeze_database", "cut_database", "s3_refuses", "s3_hangs",
        "s3_slow",
    ),
    "sqlite": (*BOTH, "disk_full", "storage_away", "lock_database", "damaged_champion"),
}  # fmt: skip


HOUR: Final = 3600


class Faults:
    """Breaks one set-up while `Uploads` go on."""

    def __init__(self, setup: Setup, uploads: Uploads, retrainings: Retrainings, seed: int) -> None:
        self._setup = setup
        self._system = setup.system
        self._uploads = uploads
        self._random = random.Random(seed)  # noqa: S311  # not for secrets
        self._retrainings = retrainings
        self.poisoned: list[int] = []

    def cause(self, kind: str, seconds: float) -> None:
        """Let one fault happen and pass."""
        fault: Callable[[float], None] = getattr(self, kind)
        fault(seconds)

    def _kill(self, program: Program, seconds: float) -> None:
        program.kill()
        time.sleep(min(seconds, 2.0))
        program.start()

    def kill_worker(self, seconds: float) -> None:
        self._kill(self._system.worker, seconds)

    def kill_web(self, seconds: float) -> None:
        # With uploads under way: it is killed amid them.
        self._kill(self._system.web, seconds)

    def kill_scheduler(self, seconds: float) -> None:
        self._kill(self._system.scheduler, seconds)

    def kill_trainer(self, seconds: float) -> None:
        """Kill it in a stage of a retraining that the seed names; the next one goes on with it."""
        run = self._retrainings.ask_for_one()
        self._retrainings.wait_for_stage(run, self._random.choice(STAGES))
        if self._retrainings.unfinished() == run:
            self._retrainings.killed.add(run)
        self._kill(self._system.trainer, seconds)

    def kill_redis(self, seconds: float) -> None:
        self._kill(self._system.redis, seconds)

    def restart_worker(self, seconds: float) -> None:
        self._system.worker.stop()
        time.sleep(min(seconds, 1.0))
        self._system.worker.start()

    def pause_redis(self, seconds: float) -> None:
        _stop_for(_family(self._system.redis.pid), seconds)

    def flush_redis(self, _seconds: float) -> None:
        with redis.Redis(unix_socket_path=str(self._system.folder / "redis.sock")) as client:
            client.flushall()

    def stop_worker_beyond_its_lease(self, seconds: float) -> None:
        if self._system.worker.runs:
            _stop_for(_family(self._system.worker.pid), LEASE_SECONDS + min(seconds, 4.0))

    def poison_photo(self, _seconds: float) -> None:
        """Damage a stored photo before a worker reads it, so that it crashes the decoder."""
        self._system.worker.kill()
        photo, file = self._uploads.send_one()
        if self._setup.s3_environment:
            client = s3_client(self._setup.s3_environment)
            key = f"media/{file}"
            body = client.get_object(Bucket="photos", Key=key)["Body"].read()
            client.put_object(Bucket="photos", Key=key, Body=body + MARK)
        else:
            with (self._system.folder / "media" / file).open("ab") as stored:
                stored.write(MARK)
        self.poisoned.append(photo)
        self._system.worker.start()

    def restart_database(self, seconds: float) -> None:
        """Kill one server process: all others end too, and the server recovers as after a crash."""
        self._end_servers(signal.SIGKILL, most=1)
        time.sleep(min(seconds, 3.0))

    def cut_database(self, _seconds: float) -> None:
        """End every connection, as an administrator or a failover does."""
        self._end_servers(signal.SIGTERM, most=1000)

    def _end_servers(self, number: signal.Signals, *, most: int) -> None:
        for child in psutil.Process(self._setup.postmaster).children():
            # It may end by itself meanwhile.
            with suppress(psutil.NoSuchProcess):
                if most and " chaos " in " ".join(child.cmdline()):
                    child.send_signal(number)
                    most -= 1

    def freeze_database(self, seconds: float) -> None:
        _stop_for(_family(self._setup.postmaster), seconds)

    def _line(self, mode: str, seconds: float) -> None:
        assert self._setup.s3 is not None
        self._setup.s3.set(mode)
        time.sleep(seconds)
        self._setup.s3.set("pass")

    def s3_refuses(self, seconds: float) -> None:
        self._line("refuse", seconds)

    def s3_hangs(self, seconds: float) -> None:
        self._line("hang", seconds)

    def s3_slow(self, seconds: float) -> None:
        self._line("slow", seconds)

    def disk_full(self, seconds: float) -> None:
        """The kernel lets no process write a byte more to any file, as on a full disk.

        Worker and trainer are started anew meanwhile, where the seed says so.
        """
        programs = self._system.web, self._system.worker, self._system.trainer
        if self._random.random() < 0.5:
            for program in programs[1:]:
                program.kill()
                program.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # Again and again: what ends is started anew, on the same disk.
            self._setup.revive()
            _limit(programs, 0)
            time.sleep(0.1)
        _limit(programs, resource.RLIM_INFINITY)

    def storage_away(self, seconds: float) -> None:
        media = self._system.folder / "media"
        if not media.exists():
            return
        media.rename(media.with_name("away"))
        time.sleep(seconds)
        # A web process may have made it anew; what it holds belongs to the rest.
        made = media.exists()
        away = media.with_name("away")
        if made:
            subprocess.run(["cp", "-a", f"{media}/.", f"{away}/"], check=True)
            subprocess.run(["rm", "-r", media], check=True)
        away.rename(media)

    def lock_database(self, seconds: float) -> None:
        with sqlite3.connect(self._system.folder / "db.sqlite3", isolation_level=None) as other:
            other.execute("PRAGMA busy_timeout = 20000")
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        other.close()

    def damaged_champion(self, seconds: float) -> None:
        """Cut the weights short and kill the worker; then register the bundle again."""
        champion = self._system.folder / "bundles" / self._champion()
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(shutil.copytree(champion, Path(folder) / champion.name))
            with (champion / "weights.safetensors").open("r+b") as file:
                file.truncate(1000)
            self._kill(self._system.worker, 0)
            time.sleep(seconds)
            self._system.manage("register_model", whole)

    def _champion(self) -> str:
        query = "SELECT name FROM classifier_modelversion WHERE state = 'champion'"
        name: str = self._setup.ask(query)[0][0]
        return name

    def clock_ahead(self, seconds: float) -> None:
        """Every process's clock is an hour ahead; a worker is killed with its claims of then."""
        self._move_clock(HOUR, seconds)

    def clock_behind(self, seconds: float) -> None:
        """Every process's clock is an hour behind for a while."""
        self._move_clock(-HOUR, seconds)

    def timers_ahead(self, seconds: float) -> None:
        """An hour passes at once for every timer and deadline, as for processes that were frozen.

        It stays: the monotonic clock never goes back.
        """
        with self._setup.timers.open("r+b") as file:
            ahead = int.from_bytes(file.read(8), "little") + HOUR
            file.seek(0)
            file.write(ahead.to_bytes(8, "little"))
        time.sleep(seconds)

    def _move_clock(self, by: int, seconds: float) -> None:
        self._setup.clock.write_text(str(by))
        time.sleep(seconds)
        self._system.worker.kill()
        self._setup.clock.write_text("0")
        self._system.worker.start()

    def promote_and_tag_again(self, _seconds: float) -> None:
        """Another version becomes champion, and what is tagged is tagged anew by it."""
        first, second = self._setup.bundle.name, self._setup.other_bundle.name
        self._system.manage("promote", second if self._champion() == first else first)
        self._system.manage("reclassify")


def _family(number: int) -> list[int]:
    try:
        process = psutil.Process(number)
        return [number, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _stop_for(processes: list[int], seconds: float) -> None:
    for number in processes:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGSTOP)
    time.sleep(seconds)
    for number in processes:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGCONT)


def _limit(programs: tuple[Program, ...], most: int) -> None:
    for program in programs:
        for number in _family(program.pid) if program.runs else ():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                resource.prlimit(number, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
