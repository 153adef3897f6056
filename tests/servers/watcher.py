"""Ends what a test run started, should the run itself be killed.

A killed run cannot clean up. So it tells this program, a process of its own, what it starts, over a
pipe. When the pipe closes, the run is over, however it ended, and what still runs is killed.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

from tests.repository import REPOSITORY


def end_with_the_run(pid: int) -> None:
    """Have a process, its group and its children killed after the run."""
    with suppress(psutil.NoSuchProcess):  # it ended already
        _tell({"pid": pid, "began": psutil.Process(pid).create_time()})


def remove_with_the_run(folder: Path) -> None:
    """Have a folder removed after the run."""
    _tell({"folder": str(folder)})


def _tell(fact: dict[str, object]) -> None:
    pipe = _watcher().stdin
    assert pipe is not None
    pipe.write(json.dumps(fact) + "\n")
    pipe.flush()


@cache
def _watcher() -> "subprocess.Popen[str]":
    watcher = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.watcher"],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        # Ctrl-C at the terminal, or a kill of the run's group, must not reach it.
        start_new_session=True,
    )  # fmt: skip
    atexit.register(watcher.communicate)
    return watcher


def main() -> None:
    facts = [json.loads(line) for line in sys.stdin]  # ends when the run does
    for fact in facts:
        if "pid" in fact:
            _kill(fact["pid"], fact["began"])
    for fact in facts:
        if "folder" in fact:
            shutil.rmtree(fact["folder"], ignore_errors=True)


def _kill(pid: int, began: float) -> None:
    try:
        process = psutil.Process(pid)
        if process.create_time() != began:
            return  # another process has the number now
        family = [process, *process.children(recursive=True)]
        leads_a_group = os.getpgid(pid) == pid
    except (psutil.NoSuchProcess, ProcessLookupError):
        return
    if leads_a_group:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    _kill_each(family)


def _kill_each(family: Iterable[psutil.Process]) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()


if __name__ == "__main__":
    main()
