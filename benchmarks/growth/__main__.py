"""`python -m benchmarks.growth`: time in PostgreSQL at 10 k, 100 k and 1 M photos.

It starts a PostgreSQL server of its own in a temporary folder and fills a database of each size.
The sizes are measured in turns, and of each the round that other programs disturbed least counts.
The reference is the smallest size; ``--json FILE`` keeps every statement's plan.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks import postgresql, results

SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 15
# An action that takes so long is measured less often.
LONGEST_SECONDS: Final = 10.0
LEAST_ROUNDS: Final = 3
MOST_GROWTH: Final = 1.5
# Less is noise of the connection and the clock, at every size.
LEAST_MS: Final = 0.5


class Database:
    """A database of one size, and the process that works on it."""

    def __init__(self, size: int, server: str, folder: Path) -> None:
        self.size = size
        name = f"photos_{size}"
        with psycopg.connect(server, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {name}")  # a name of ours
        env = {
            **os.environ,
            "DATABASE_URL": server.replace("/postgres?", f"/{name}?"),
            "DEBUG": "on",
            "VAR_DIR": str(folder),
            "S3_BUCKET": "",
            "HTTPS": "off",
            "LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", "benchmarks.growth.child", str(size)],
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, *command: str) -> Any:
        """Return what the process answers.

        Raises:
            SystemExit: if it ended; its message is on the terminal.
        """
        try:
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            raise SystemExit(
                f"The process for {self.size:,} photos ended; see its message above."
            ) from error


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--sizes", help="photos, such as 10000,10000000 (needs 20 GB)")
    parser.add_argument("--only", default="", help="actions whose name contains this")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of databases to use again")
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("growth"))
    chosen = parser.parse_args(arguments)
    sizes = [int(size) for size in chosen.sizes.split(",")] if chosen.sizes else SIZES
    with databases(sorted(sizes), chosen.keep) as several:
        names = [name for name in several[0].ask("actions") if chosen.only in name]
        rows = []
        show_heads(sorted(sizes))
        for name in names:
            rows.append(measured(name, several, chosen.rounds))
            show(rows[-1], sorted(sizes))
    above = [row["action"] for row in rows if row["ratio"] > MOST_GROWTH]
    _print(f"\nAbove {MOST_GROWTH}: {', '.join(above) or 'none'}.")
    results.write(chosen.json, {"actions": rows})


@contextmanager
def databases(sizes: Sequence[int], keep: Path | None) -> Iterator[list[Database]]:
    """Start a server and fill a database of each size, one after the other.

    Args:
        keep: where the server's files stay for the next time; None for a temporary folder.
    """
    several: list[Database] = []
    with tempfile.TemporaryDirectory() as folder, postgresql.server(keep) as server:
        try:
            for size in sizes:
                several.append(Database(size, server.url, Path(folder)))
                several[-1].ask("actions")  # once it is filled
            yield several
        finally:
            for database in several:
                database.process.kill()
                database.process.wait()


def measured(name: str, several: Sequence[Database], rounds: int) -> dict[str, Any]:
    """Return an action's least time and its plans at each size."""
    times: dict[int, float] = {}
    began = time.monotonic()
    for number in range(rounds + 1):
        if number > LEAST_ROUNDS and time.monotonic() - began > LONGEST_SECONDS:
            break
        for database in several:
            took = database.ask("time", name)
            if number:  # the first is to warm up
                times[database.size] = min(took, times.get(database.size, took))
    return {
        "action": name,
        "milliseconds": times,
        "ratio": ratio(times),
        "explain": {each.size: each.ask("explain", name) for each in several},
    }


def ratio(times: dict[int, float]) -> float:
    """Return the time at the largest size over that at the smallest."""
    return max(LEAST_MS, times[max(times)]) / max(LEAST_MS, times[min(times)])


def show_heads(sizes: Sequence[int]) -> None:
    heads = "".join(f"{f'ms at {size:,}':>18}" for size in sizes)
    _print(f"{'action':<30}{heads}{'ratio':>8}{'blocks, least and most':>26}")


def show(row: dict[str, Any], sizes: Sequence[int]) -> None:
    """Print milliseconds and blocks at each size, and the ratio."""
    cells = "".join(f"{row['milliseconds'][size]:>18.2f}" for size in sizes)
    blocks = [row["explain"][size]["blocks"] for size in (sizes[0], sizes[-1])]
    mark = "  !" if row["ratio"] > MOST_GROWTH else ""
    touched = f"{blocks[0]:,} / {blocks[1]:,}"
    _print(f"{row['action']:<30}{cells}{row['ratio']:>8.2f}{touched:>26}{mark}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
