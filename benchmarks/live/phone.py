"""`python -m benchmarks.live.phone`: photos of a phone, from their upload over HTTP to their tags.

gunicorn, worker and Redis run as the Procfile starts them, with the starter model, SQLite and files
on disk. The reference is the same system that cleans photos the straightforward way (every pixel
decoded, Lanczos, JPEG; no thumbnail) and runs the network in torch's full precision. Both get the
same files in turns. Figures are medians of processor milliseconds a photo; what an idle worker
takes in the same time is taken off.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import results
from benchmarks.live import stages
from benchmarks.live.photos import KINDS, phone_photos
from benchmarks.live.system import ProcfileSystem, running
from local_stack.api_client import ApiClient

DISTINCT: Final = 2  # drawn photos of a kind; they are sent again and again
A_LISTING: Final = 4
CLIENTS: Final = 2
STAGES: Final = (
    "receive", "clean", "store", "claim", "read", "decode", "network", "decide", "write",
    "rest of the worker",
)  # fmt: skip
ENGINE: Final = """
from classifier.models import Heartbeat
print(Heartbeat.objects.get(kind="worker").engine)
"""
COUNTED: Final = (
    "upload", "clean", "store", "claim", "read and decode", "decode", "network", "decide", "write",
)  # fmt: skip
INTAKE: Final = ("receive", "clean", "store")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.live.phone", description=__doc__)
    parser.add_argument("--photos", type=int, default=24, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("phone"))
    chosen = parser.parse_args(arguments)
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="phone-")))
        files = phone_photos(folder, DISTINCT)
        systems = {
            "ours": held.enter_context(running()),
            "reference": held.enter_context(running(straightforward=True)),
        }
        for system in systems.values():  # the first photos find everything cold
            send(system, files[KINDS[0]])
            system.measure_idle()
        rows = {kind: measured(systems, files[kind], chosen) for kind in KINDS}
        facts = {"engine": engine_of(systems["ours"]), "photos": chosen.photos}
    for kind, row in rows.items():
        show(kind, row)
    results.write(chosen.json, {**facts, "kinds": rows})


def measured(
    systems: Mapping[str, ProcfileSystem], files: Sequence[Path], chosen: argparse.Namespace
) -> dict[str, Any]:
    """Return the median of each figure, by system."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in systems}
    several = [files[number % len(files)] for number in range(chosen.photos)]
    for _ in range(chosen.rounds):
        for name, system in systems.items():
            rounds[name].append(send(system, several))
    return {
        name: {figure: median(one[figure] for one in each) for figure in each[0]}
        for name, each in rounds.items()
    }


def send(system: ProcfileSystem, files: Sequence[Path]) -> dict[str, float]:
    """Send photos, wait for their tags, and return what that took a photo."""
    before, worker = stages.read(system.stages), system.processor_seconds(system.worker)
    began = time.perf_counter()
    parts = [files[start : start + A_LISTING] for start in range(0, len(files), A_LISTING)]
    client = system.client
    with ThreadPoolExecutor(CLIENTS) as clients:
        sent = clients.map(lambda part: client.send_listing("Phone", part), parts)
        listings = [listing["id"] for listing in sent]
    for listing in listings:
        wait_for(client, listing)
    seconds = time.perf_counter() - began
    time.sleep(2 * stages.WRITE_SECONDS)  # until the processes have written what they know
    spent = stages.between(before, stages.read(system.stages))
    stages.must_be_counted(spent, COUNTED)
    took = {name: 1000 * sums.processor / len(files) for name, sums in spent.items()}
    spent_by_worker = system.processor_seconds(system.worker) - worker - seconds * system.idle_share
    whole = 1000 * spent_by_worker / len(files)
    return {**_by_stage(took, whole), "photos_per_second": len(files) / seconds}


def wait_for(client: ApiClient, listing: int) -> None:
    """Wait until no photo of a listing is pending, asking seldom: questions cost the web."""
    while any(photo["status"] == "pending" for photo in client.listing(listing)["photos"]):
        time.sleep(0.5)


def _by_stage(took: Mapping[str, float], worker: float) -> dict[str, float]:
    """Return milliseconds of each of `STAGES`, of intake and of all."""

    def of(stage: str) -> float:
        return took.get(stage, 0.0)

    figures = {
        "receive": of("upload") - of("clean") - of("store"),
        "clean": of("clean"),
        "store": of("store"),
        "claim": of("claim"),
        "read": of("read and decode") - of("decode"),
        "decode": of("decode"),
        "network": of("network") + of("native threads"),
        "decide": of("decide"),
        "write": of("write"),
    }
    inside = sum(value for stage, value in figures.items() if stage not in INTAKE)
    figures["rest of the worker"] = max(0.0, worker - inside)
    figures["intake"] = sum(figures[stage] for stage in INTAKE)
    figures["upload to tag"] = sum(figures[stage] for stage in STAGES)
    return figures


def engine_of(system: ProcfileSystem) -> str:
    """Return which engine the worker took."""
    return system.manage("shell", "-v0", "--command", ENGINE).stdout.strip()


def show(kind: str, row: Mapping[str, Mapping[str, float]]) -> None:
    """Print a table of one kind of photo."""
    ours, reference = row["ours"], row["reference"]
    _print(f"\n{kind + ', processor ms a photo':<46}{'reference':>11}{'ours':>9}{'ratio':>8}")
    for figure in (*STAGES, "intake", "upload to tag"):
        ratio = f"{ours[figure] / reference[figure]:.2f}" if reference[figure] > 0.05 else "–"
        _print(f"  {figure:<44}{reference[figure]:>11.1f}{ours[figure]:>9.1f}{ratio:>8}")
    rates = [each["photos_per_second"] for each in (reference, ours)]
    _print(f"  {'photos a second':<44}{rates[0]:>11.1f}{rates[1]:>9.1f}{rates[1] / rates[0]:>8.2f}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
