"""Processor and wall time of the stages of a photo's way, inside the processes that do the work.

`timed` wraps a function of the product; a thread writes the sums to a file for whoever measures. A
thread's own time is counted, so what others do meanwhile is in no stage.
"""

import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

WRITE_SECONDS: Final = 0.2
FOLDER: Final = "STAGES_DIR"  # the variable that names where the files lie


@dataclass(slots=True)
class Sums:
    """Of one stage: seconds of the processor, seconds by the clock, and calls."""

    processor: float = 0.0
    wall: float = 0.0
    calls: int = 0


_sums: Final[dict[str, Sums]] = defaultdict(Sums)
_lock: Final = threading.Lock()


def timed(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the work and adds its time to a stage."""

    def run(*arguments: Any, **named: Any) -> Any:
        processor, wall = time.thread_time(), time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            processor, wall = time.thread_time() - processor, time.perf_counter() - wall
            with _lock:
                sums = _sums[stage]
                sums.processor += processor
                sums.wall += wall
                sums.calls += 1

    return run


def wrap(module: Any, name: str, stage: str) -> None:
    """Time a function of a module, or a method of a class, under its own name."""
    setattr(module, name, timed(stage, getattr(module, name)))


def write_for_ever() -> None:
    """Start the thread that writes this process's sums."""
    threading.Thread(target=_write_for_ever, name="stages", daemon=True).start()


def _write_for_ever() -> None:
    path = Path(os.environ[FOLDER]) / f"{os.getpid()}.json"
    while True:
        with _lock:
            sums = {name: [s.processor, s.wall, s.calls] for name, s in _sums.items()}
        sums["native threads"] = [_native_seconds(), 0.0, 0]
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(sums))
        beside.replace(path)
        time.sleep(WRITE_SECONDS)


def _native_seconds() -> float:
    """Return the processor time of threads that Python did not start: those of the network."""
    ours = {thread.native_id for thread in threading.enumerate()}
    seconds = 0.0
    for task in Path("/proc/self/task").iterdir():
        if int(task.name) not in ours:
            seconds += processor_seconds(task / "stat")
    return seconds


def processor_seconds(stat: Path) -> float:
    """Return user and system time of a process or thread from its ``stat`` file, proc(5)."""
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(folder: Path) -> dict[str, Sums]:
    """Return the sums of all processes that write there."""
    total: dict[str, Sums] = defaultdict(Sums)
    for file in folder.glob("*.json"):
        for stage, (processor, wall, calls) in json.loads(file.read_text()).items():
            total[stage].processor += processor
            total[stage].wall += wall
            total[stage].calls += calls
    return total


def must_be_counted(sums: Mapping[str, Sums], names: Iterable[str]) -> None:
    """Refuse figures in which a stage is missing.

    Raises:
        SystemExit: if nothing was counted for a stage, since the product goes another way now.
    """
    for name in names:
        if name not in sums or not sums[name].calls:
            raise SystemExit(
                f"Nothing was counted for the stage {name!r}: the function that is timed for it is "
                "not called any more. See benchmarks/live/web.py and worker.py."
            )


def between(before: Mapping[str, Sums], after: Mapping[str, Sums]) -> dict[str, Sums]:
    """Return what was added from one reading to the next."""
    none = Sums()
    return {
        stage: Sums(
            sums.processor - before.get(stage, none).processor,
            sums.wall - before.get(stage, none).wall,
            sums.calls - before.get(stage, none).calls,
        )
        for stage, sums in after.items()
    }
