"""Servers of models with adaptive batching, each in a virtual environment of its own."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import requests

from benchmarks.own_environment import python_with
from benchmarks.pipeline.contenders import WARM_UP, Run
from benchmarks.pipeline.site import processor_seconds, program
from benchmarks.repository import REPOSITORY
from local_stack.processes import free_port

# Enough to fill the batches of all its processes.
CLIENTS: Final = 48
START_SECONDS: Final = 300
# LitServe takes files only with the second package.
PACKAGES: Final = {"litserve": ["litserve", "python-multipart"], "bentoml": ["bentoml"]}
_APPS: Final = "benchmarks.pipeline.model_servers"


class ModelServer:
    """A server that answers photos over HTTP; it stores nothing.

    Args:
        command: after its own Python; the port comes last.
        field: of the form that takes a photo.
    """

    def __init__(self, name: str, command: list[str], field: str, folder: Path) -> None:
        self.name = name
        self._python = python_with(name, PACKAGES[name])
        self._command, self._field = command, field
        self._log = folder / f"{name}.log"

    def run(self, photos: Sequence[bytes], count: int, env: dict[str, str]) -> Run:
        """Start it, let it tag some photos, then measure it on ``count`` more."""
        with self._running(photos, env) as (process, tag):
            before, began = processor_seconds(process), time.perf_counter()
            self._tag(tag, photos, count)
            wall = time.perf_counter() - began
            processor = processor_seconds(process) - before
        return Run(wall / count, processor / count, 0.0)

    def latencies(
        self, photos: Sequence[bytes], waits: Sequence[float], env: dict[str, str]
    ) -> list[float]:
        """Return the seconds from each photo's request to its answer; ``waits`` lie before each."""

        def timed(photo: bytes) -> float:
            began = time.perf_counter()
            tag(photo)
            return time.perf_counter() - began

        with self._running(photos, env) as (_, tag), ThreadPoolExecutor(CLIENTS) as clients:
            sent = []
            for photo, wait in zip(itertools.cycle(photos), waits, strict=False):
                time.sleep(wait)
                sent.append(clients.submit(timed, photo))
            return [one.result() for one in sent]

    @contextmanager
    def _running(
        self, photos: Sequence[bytes], env: dict[str, str]
    ) -> Iterator[tuple[psutil.Process, Callable[[bytes], None]]]:
        """Yield the warm server's process, and what sends it a photo."""
        port = free_port()
        command = [str(self._python), *self._command, str(port)]
        mine = env | {"PYTHONPATH": str(REPOSITORY), "BENTOML_DO_NOT_TRACK": "1"}
        with program(command, mine, self._log) as process, requests.Session() as session:
            adapter = requests.adapters.HTTPAdapter(pool_maxsize=CLIENTS)
            session.mount("http://", adapter)

            def tag(photo: bytes) -> None:
                address = f"http://127.0.0.1:{port}/predict"
                answer = session.post(address, files={self._field: ("a.jpg", photo)}, timeout=600)
                answer.raise_for_status()

            _wait_for(lambda: tag(photos[0]), process, self._log)
            self._tag(tag, photos, WARM_UP)
            yield process, tag

    def _tag(self, tag: Callable[[bytes], None], photos: Sequence[bytes], count: int) -> None:
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(tag, itertools.islice(itertools.cycle(photos), count)))


def model_server(name: str, folder: Path) -> ModelServer:
    """Return LitServe or BentoML, installed on first use."""
    if name == "litserve":
        return ModelServer(name, ["-m", f"{_APPS}.litserve_app"], "request", folder)
    command = ["-m", "bentoml", "serve", f"{_APPS}.bentoml_app:Tagger", "--port"]
    return ModelServer(name, command, "photos", folder)


def _wait_for(answer: Callable[[], None], process: psutil.Process, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answer()
        except (requests.ConnectionError, requests.HTTPError) as error:
            if process.status() == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
                text = log.read_text(errors="replace")[-2000:]
                raise SystemExit(f"{log.stem} does not answer ({error}):\n{text}") from error
            time.sleep(1)
        else:
            return
