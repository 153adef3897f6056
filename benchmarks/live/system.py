"""The processes of the Procfile on a database and files of their own, with the starter model."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

from benchmarks.live.stages import FOLDER, processor_seconds
from benchmarks.repository import STARTER
from local_stack.api_client import ApiClient
from tests import procfile
from tests.servers.processes import Program
from tests.servers.system import System

IDLE_SECONDS: Final = 10.0


class ProcfileSystem(System):
    """Web and worker are started as the Procfile says, with every setting at its default.

    Args:
        folder: where all of it lies.
        traced: start them with their stages timed; else exactly as the Procfile has it.
        straightforward: clean photos without any short cut, and run the network in torch's full
            precision.
    """

    def __init__(self, folder: Path, *, traced: bool, straightforward: bool = False) -> None:
        extra = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "OMP_NUM_THREADS": str(os.cpu_count() or 1),
            "ENGINE": "auto",
            "SWEEP_EVERY_SECONDS": "10",
            "CLAIM_LEASE_SECONDS": "120",
            "UPLOADS_PER_MINUTE": "1000000",
            FOLDER: str(folder / "stages"),
        }
        if straightforward:
            extra |= {"STRAIGHTFORWARD": "on", "ENGINE": "torch-fp32"}
        super().__init__(folder, extra)
        (folder / "stages").mkdir(parents=True)
        self.idle_share = 0.0  # of a processor, by the worker
        self.env["PORT"] = str(self.port)
        lines = procfile.lines()
        if traced:
            lines["web"] = lines["web"].replace("slowfashion_ai.wsgi", "benchmarks.live.web", 1)
            lines["worker"] = lines["worker"].replace(
                "--app slowfashion_ai", "--app benchmarks.live.worker"
            )
        self.web = self._program("web", ["sh", "-c", lines["web"]])
        self.worker = self._program("worker", ["sh", "-c", lines["worker"]])

    @cached_property
    def client(self) -> ApiClient:
        """Signed in once: a password costs as much to check as several photos to clean."""
        return self.seller()

    def measure_idle(self) -> None:
        """Find out what the worker takes of a processor while there is nothing to do."""
        before = self.processor_seconds(self.worker)
        time.sleep(IDLE_SECONDS)
        self.idle_share = (self.processor_seconds(self.worker) - before) / IDLE_SECONDS

    @property
    def stages(self) -> Path:
        return self.folder / "stages"

    def processor_seconds(self, program: Program) -> float:
        """Return the processor time of a program and all processes it started that still run."""
        return sum(
            processor_seconds(Path(f"/proc/{pid}/stat")) for pid in processes_of(program.pid)
        )


def processes_of(pid: int) -> list[int]:
    """Return a process and its descendants, from /proc."""
    pids = [pid]
    for parent in pids:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            pids.extend(int(child) for child in task.read_text().split())
    return pids


@contextmanager
def running(*, traced: bool = True, straightforward: bool = False) -> Iterator[ProcfileSystem]:
    """Start a system with the starter as champion, and stop and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    system = ProcfileSystem(folder, traced=traced, straightforward=straightforward)
    try:
        system.set_up()
        system.register(STARTER)
        system.start()
        yield system
    except BaseException:
        for program in system.programs:
            sys.stderr.write(f"--- {program.name}\n{program.log[-4000:]}\n")
        raise
    finally:
        system.kill()
        shutil.rmtree(folder, ignore_errors=True)
