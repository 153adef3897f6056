"""`python -m benchmarks.live.memory`: memory of web and worker, and start to a first tag.

All run as the Procfile starts them, with the starter model. Memory is what a process has for itself
and its share of what it has in common with others (PSS, proc(5)): the sum over processes is what
they take from the machine. Of four photos one is as large as a phone takes it; four clients send.
``--photos 20000`` shows whether anything grows.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks import results
from benchmarks.live.phone import wait_for
from benchmarks.live.system import ProcfileSystem, processes_of, running
from tests.pictures import jpeg
from tests.servers.processes import Program

MOST_WEB_MB: Final = 120
MOST_START_SECONDS: Final = 10
VIEWS: Final = 20  # of each page before the web is measured
CLIENTS: Final = 4
# Measured after so many, as far as there are so many.
STEPS: Final = (4, 200, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.live.memory", description=__doc__)
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("memory"))
    chosen = parser.parse_args(arguments)
    with running(traced=False) as system, tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.jpg", Path(folder) / "large.jpg"
        small.write_bytes(jpeg(1600, 1200))
        large.write_bytes(jpeg(4032, 3024))
        figures = measured(system, [small, small, small, large], chosen.photos)
    for what, value in figures.items():
        _print(f"{what:<44}{value!s:>16}")
    _print(f"At most {MOST_WEB_MB} MB a web process, {MOST_START_SECONDS} s to the first tag.")
    results.write(chosen.json, figures)


def measured(system: ProcfileSystem, listing: list[Path], photos: int) -> dict[str, Any]:
    """Return all figures of a system that has just been started; each listing has these photos."""
    figures: dict[str, Any] = {"worker, MB, idle": sum(megabytes(system.worker))}
    sent = 0
    for step in sorted({*(step for step in STEPS if step < photos), photos}):
        send(system, listing, step - sent)
        sent = step
        visit(system)
        figures[f"after {sent:,} photos"] = {
            "worker, MB": sum(megabytes(system.worker)),
            "web, MB of a process": megabytes(system.web),
        }
        _print(f"{sent:>8,} photos: {figures[f'after {sent:,} photos']}")
    figures |= start_to_tag(system, listing[0])
    return figures


def send(system: ProcfileSystem, listing: list[Path], photos: int) -> None:
    """Send photos and wait until the last is tagged."""

    def send_one(_: int) -> int:
        return int(system.client.send_listing("Memory", listing)["id"])

    with ThreadPoolExecutor(CLIENTS) as clients:
        sent = list(clients.map(send_one, range(max(1, photos // len(listing)))))
    for number in sent:
        wait_for(system.client, number)


def visit(system: ProcfileSystem) -> None:
    """Open what a seller opens, in every web process."""
    client = system.client
    for _ in range(VIEWS):
        for listing in client.listings()[:5]:
            client.listing(listing["id"])


def start_to_tag(system: ProcfileSystem, photo: Path) -> dict[str, float]:
    """Return the seconds from a worker's start to the tag of a photo that waited for it.

    By the clock, and of its processor: other programs delay the one and not the other. The engine
    was chosen at the first start, and is remembered.
    """
    system.worker.stop()
    client = system.client
    listing = client.send_listing("Waits", [photo])["id"]
    began = time.perf_counter()
    system.worker.start()
    while client.listing(listing)["photos"][0]["status"] == "pending":
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    processor = system.processor_seconds(system.worker)
    return {
        "start to first tag, seconds": round(seconds, 1),
        "start to first tag, processor seconds": round(processor, 1),
    }


def megabytes(program: Program) -> list[int]:
    """Return the memory of a program's Python processes, the largest first, in MB."""
    shares = (_proportional_share(pid) for pid in processes_of(program.pid))
    return sorted((round(size) for size in shares if size > 20), reverse=True)


def _proportional_share(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kilobytes = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(kilobytes.group(1)) / 1024 if kilobytes else 0.0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
