"""What web, worker and trainer hold: memory, open files, threads, connections to the database."""

from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Final

import psutil

from tests.servers.processes import Program


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of a program and its children together; memory in MB."""

    memory: int = 0
    files: int = 0
    threads: int = 0

    def exceeds(self, other: "Footprint") -> bool:
        return any(mine > most for mine, most in zip(astuple(self), astuple(other), strict=True))

    def __str__(self) -> str:
        return f"{self.memory} MB, {self.files} files, {self.threads} threads"


# The most that each may hold at any time: a leak passes them long before 5,000 photos. The worker
# has torch, two models while it goes over to another, and the process that decodes suspects; the
# web process 24 threads, each with a connection of its own. The trainer keeps torch once it has
# loaded it, and one network more than that.
MOST: Final = {
    "web": Footprint(memory=600, files=250, threads=60),
    "worker": Footprint(memory=2000, files=250, threads=80),
    "trainer": Footprint(memory=2000, files=250, threads=80),
}
# Web and worker, 24 threads each, and what the scheduler and commands need.
MOST_CONNECTIONS: Final = 60


def footprint(program: Program) -> Footprint:
    """Return what a running program holds now; nothing, if it does not run."""
    memory = files = threads = 0
    if program.runs:
        # It may end by itself meanwhile.
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(program.pid)
            for process in (main, *main.children(recursive=True)):
                memory += process.memory_info().rss
                files += process.num_fds()
                threads += process.num_threads()
    return Footprint(memory // 2**20, files, threads)


class Largest:
    """The first, the largest and the last footprint of each program that was seen."""

    def __init__(self) -> None:
        self._seen: dict[str, list[Footprint]] = {}
        self._connections: list[int] = []

    def measure(self, *programs: Program, connections: int) -> None:
        """Measure programs that run; between two faults, so that they are whole."""
        for program in programs:
            if program.runs:
                self._seen.setdefault(program.name, []).append(footprint(program))
        self._connections.append(connections)

    @property
    def leaks(self) -> list[str]:
        """What held more than `MOST`, one sentence each."""
        leaks = [
            f"{name} held {most}; {MOST[name]} are allowed"
            for name, seen in self._seen.items()
            for most in seen
            if most.exceeds(MOST[name])
        ]
        if max(self._connections, default=0) > MOST_CONNECTIONS:
            leaks.append(f"{max(self._connections)} connections to the database")
        return leaks

    def __str__(self) -> str:
        parts = []
        for name, seen in self._seen.items():
            columns = zip(*map(astuple, seen), strict=True)
            most = Footprint(*(max(column) for column in columns))
            parts.append(f"{name}: first {seen[0]}; most {most}; last {seen[-1]}")
        connections = self._connections or [0]
        parts.append(f"connections: most {max(connections)}, last {connections[-1]}")
        return "; ".join(parts)
