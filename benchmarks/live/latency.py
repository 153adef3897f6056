"""`python -m benchmarks.live.latency`: seconds from a photo's row to its tag, idle and under load.

Photos of 1600 x 1200 pixels are sent over HTTP, at random times at a share of what the system can
do at most. Latency is from when a row is written to when its tag is (``created_at`` and
``classified_at``), so neither the sender's questions nor its upload are in it. The reference of the
idle one is decoding, the network's pass and the writing of the tag, as measured in the worker.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, quantiles
from typing import Any, Final

from benchmarks import results
from benchmarks.live import stages
from benchmarks.live.phone import wait_for
from benchmarks.live.system import ProcfileSystem, running
from tests.pictures import jpeg

SHARES: Final = (0.5, 0.9)
REFERENCE: Final = ("decode", "network", "write")
IDLE_SECONDS: Final = 0.5  # between the tag of a photo and the next
MOST_IDLE_RATIO: Final = 1.25
OF_LISTINGS: Final = """
from classifier.models import ListingPhoto
photos = ListingPhoto.objects.filter(listing__title={title!r}, status="classified")
print([(p.classified_at - p.created_at).total_seconds() for p in photos])
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.live.latency", description=__doc__)
    parser.add_argument("--photos", type=int, default=60, help="of each row of the table")
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("latency"))
    chosen = parser.parse_args(arguments)
    with running() as system, tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(jpeg(1600, 1200))
        figures = measured(system, photo, chosen.photos)
    for what, row in figures["rows"].items():
        _print(f"{what:<28}" + "".join(f"  {name} {1000 * s:>6.0f} ms" for name, s in row.items()))
    ratio = figures["ratio"]
    _print(
        f"Decoding, network and writing: {1000 * figures['reference']:.0f} ms; the idle mean is "
        f"{ratio:.2f} of it (at most {MOST_IDLE_RATIO})."
    )
    results.write(chosen.json, figures)


def measured(system: ProcfileSystem, photo: Path, photos: int) -> dict[str, Any]:
    """Return mean, p50, p95 and p99 idle and at each share of the capacity.

    The ratio is that of means, since of the stages only the sums are known.
    """
    at_once(system, photo, photos // 3)  # the first find everything cold
    before = stages.read(system.stages)
    idle(system, photo, photos)
    time.sleep(2 * stages.WRITE_SECONDS)
    spent = stages.between(before, stages.read(system.stages))
    stages.must_be_counted(spent, REFERENCE)
    reference = sum(spent[stage].wall / spent[stage].calls for stage in REFERENCE)
    capacity = photos / at_once(system, photo, photos)
    rows = {"idle": of_title(system, "idle")}
    for share in SHARES:
        title = f"{share:.0%} of {capacity:.1f} photos/s"
        at_random(system, photo, photos, rate=share * capacity, title=title)
        rows[title] = of_title(system, title)
    ratio = rows["idle"]["mean"] / reference
    return {"capacity": capacity, "reference": reference, "ratio": ratio, "rows": rows}


def idle(system: ProcfileSystem, photo: Path, photos: int) -> None:
    """Send one photo after the other, each when the one before has long been tagged."""
    client = system.client
    for _ in range(photos):
        wait_for(client, client.send_listing("idle", [photo])["id"])
        time.sleep(IDLE_SECONDS)


def at_once(system: ProcfileSystem, photo: Path, photos: int) -> float:
    """Send photos as fast as they are taken; return the seconds until all are tagged."""
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as clients:
        listings = list(clients.map(lambda _: _send(system, photo, "at once"), range(photos)))
    client = system.client
    for listing in listings:
        wait_for(client, listing)
    return time.perf_counter() - began


def at_random(system: ProcfileSystem, photo: Path, photos: int, *, rate: float, title: str) -> None:
    """Send photos at random moments, so many a second on average, and wait for their tags."""
    moments = random.Random(0)  # noqa: S311  # no secret
    with ThreadPoolExecutor(16) as clients:
        sent = []
        for _ in range(photos):
            sent.append(clients.submit(_send, system, photo, title))
            time.sleep(moments.expovariate(rate))
        client = system.client
        for one in sent:
            wait_for(client, one.result())


def _send(system: ProcfileSystem, photo: Path, title: str) -> int:
    return int(system.client.send_listing(title, [photo])["id"])


def of_title(system: ProcfileSystem, title: str) -> dict[str, float]:
    """Return mean and percentiles of the latency of listings with a title, in seconds."""
    printed = system.manage("shell", "-v0", "--command", OF_LISTINGS.format(title=title)).stdout
    seconds = [float(value) for value in printed.strip().strip("[]").split(",")]
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {"mean": mean(seconds), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
