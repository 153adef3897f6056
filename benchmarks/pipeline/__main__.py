"""`python -m benchmarks.pipeline`: the table, and `VAR_DIR/benchmarks/pipeline.json`.

With `--rate` instead: latency while so many photos a second come at random moments.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from benchmarks import postgresql, results
from benchmarks.pipeline import site
from benchmarks.pipeline.ceiling import Cost, decoding, forward
from benchmarks.repository import STARTER
from classifier.photos.cleaning import CleanPhoto
from slowfashion_ai.embedded_redis import server_command


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and keep."""
    chosen = _parser().parse_args(arguments)
    _keep_memory_as_the_worker(sys.argv[1:] if arguments is None else arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pipe-")))
        database = None
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if not chosen.sqlite:
            url, database = stack.enter_context(postgresql.server())
        env = site.environment(folder, url)
        os.environ.update(env)
        redis = server_command(folder / "redis.sock")
        stack.enter_context(site.program(redis, env, folder / "redis-output.log"))
        import django

        django.setup()
        site.set_up()
        if chosen.rate:
            _compare_latencies(chosen, env, folder)
            return
        document = _measure(chosen, env, database, folder)
    _print(document)
    results.write(chosen.json, document)


def _keep_memory_as_the_worker(arguments: Sequence[str]) -> None:
    """Start this program anew if it lacks what the Procfile sets: the ceiling is measured in it."""
    if not site.KEEP_MEMORY.items() <= os.environ.items():
        command = [sys.executable, "-m", "benchmarks.pipeline", *arguments]
        os.execve(sys.executable, command, {**os.environ, **site.KEEP_MEMORY})  # noqa: S606


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=192, help="a round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("pipeline"))
    parser.add_argument("--sqlite", action="store_true", help="instead of PostgreSQL")
    parser.add_argument(
        "--against", action="append", default=[], choices=("litserve", "bentoml"),
        help="also measure this server of models; installed under var/benchmarks on first use",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=float, metavar="PHOTOS_A_SECOND",
        help="measure latency at this load instead, all rounds' photos in one",
    )  # fmt: skip
    return parser


def _compare_latencies(chosen: argparse.Namespace, env: dict[str, str], folder: Path) -> None:
    """Print the latency of each: from a row to its tag, from a request to its answer."""
    from benchmarks.pipeline.contenders import our_worker, straightforward
    from benchmarks.pipeline.phone_photos import photos_of_a_phone
    from benchmarks.pipeline.servers import model_server

    photos = photos_of_a_phone(24)
    rows = site.store(photos)
    moments = random.Random(0)  # noqa: S311  # no secret
    waits = [moments.expovariate(chosen.rate) for _ in range(chosen.photos * chosen.rounds)]
    engines = dict.fromkeys(_engines())
    for one in [*(our_worker(engine) for engine in engines), straightforward()]:
        _print_latencies(one.name, one.latencies(rows, waits, env))
    files = [photo.jpeg for photo in photos]
    for name in chosen.against:
        _print_latencies(name, model_server(name, folder).latencies(files, waits, env))


def _print_latencies(name: str, seconds: list[float]) -> None:
    cuts = quantiles(seconds, n=100, method="inclusive")
    shown = {"mean": mean(seconds), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
    row = "".join(f"{what:>7} {1000 * value:>6.0f} ms" for what, value in shown.items())
    print(f"{name:<26}{row}", flush=True)  # noqa: T201  # a table


def _measure(
    chosen: argparse.Namespace, env: dict[str, str], database: Any, folder: Path
) -> dict[str, Any]:
    from benchmarks.pipeline.contenders import our_worker, straightforward
    from benchmarks.pipeline.phone_photos import photos_of_a_phone
    from benchmarks.pipeline.servers import model_server

    photos = photos_of_a_phone(24)
    files = [photo.jpeg for photo in photos]
    rows = site.store(photos)
    full, best = _engines()
    contenders = [our_worker(full), our_worker(best), straightforward()]
    contenders = list({one.name: one for one in contenders}.values())
    servers = [model_server(name, folder) for name in chosen.against]
    runs: dict[str, list[Any]] = {
        name: [] for name in [*(one.name for one in contenders), *chosen.against]
    }
    ceilings: dict[str, list[Cost]] = defaultdict(list)
    parts: dict[str, list[Cost]] = {"decode": [], full: [], best: []}
    for _ in range(chosen.rounds):
        for one in contenders:
            runs[one.name].append(one.run(rows, chosen.photos, env, database))
            sys.stderr.write(f"{one.name}: {runs[one.name][-1]}\n")
        for server in servers:
            runs[server.name].append(server.run(files, chosen.photos, env))
            sys.stderr.write(f"{server.name}: {runs[server.name][-1]}\n")
        many = photos * -(-chosen.photos // len(photos))
        _measure_ceilings(many, dict.fromkeys((full, best)), ceilings, parts)
    return _document(chosen, (full, best), runs, ceilings, parts)


def _engines() -> tuple[str, str]:
    """Return the fastest engine of full precision, and of any, that is installed."""
    import torch

    from classifier.ml.engines.choose import engines_here
    from classifier.ml.predictor import best_device

    here = [str(name) for name in engines_here(best_device())]
    torch.set_grad_enabled(False)
    order = ("openvino-f32", "onnxruntime-f32", "torch-fp32")
    full = next((name for name in order if name in here), here[0])
    return full, next((n for n in ("openvino-bf16", "torch-bf16") if n in here), full)


def _measure_ceilings(
    photos: list[CleanPhoto],
    engines: Iterable[str],
    ceilings: dict[str, list[Cost]],
    parts: dict[str, list[Cost]],
) -> None:
    """Measure each engine with what a worker decodes, and with the photos themselves."""
    from classifier.ml.bundle import load_bundle
    from classifier.ml.engines.engine import EngineName
    from classifier.ml.predictor import Predictor
    from classifier.ml.preprocessing import served_file

    bundle = load_bundle(STARTER)
    served = [served_file(photo, bundle.manifest.preprocessing) for photo in photos]
    for engine in engines:
        predictor = Predictor(bundle, engine=EngineName(engine))
        decode, network = decoding(predictor, served), forward(predictor, served)
        parts["decode"].append(decode)
        parts[engine].append(network)
        ceilings[engine].append(decode + network)
        whole = decoding(predictor, [photo.jpeg for photo in photos])
        ceilings[f"{engine}, photos"].append(whole + network)


def _document(
    chosen: argparse.Namespace,
    engines: tuple[str, str],
    runs: dict[str, list[Any]],
    ceilings: dict[str, list[Cost]],
    parts: dict[str, list[Cost]],
) -> dict[str, Any]:
    def figures(costs: Sequence[Any]) -> dict[str, float]:
        """Return medians over the rounds."""
        return {
            "processor_ms": 1000 * median(cost.processor for cost in costs),
            "photos_a_second": 1 / median(cost.wall for cost in costs),
            "database_ms": 1000 * median(getattr(cost, "database", 0.0) for cost in costs),
        }

    best = engines[1]
    ours = figures(runs[f"worker, {best}"])
    decode, network = figures(parts["decode"]), figures(parts[best])
    return {
        "photos": chosen.photos,
        "rounds": chosen.rounds,
        "database": "SQLite" if chosen.sqlite else "PostgreSQL",
        "against": {f"ceiling, {name}": figures(costs) for name, costs in ceilings.items()}
        | {name: figures(costs) for name, costs in runs.items()},
        "engines": list(dict.fromkeys(engines)),
        "service_ms": {
            "read": decode["processor_ms"],
            "network": network["processor_ms"],
            "store": max(
                0.0, ours["processor_ms"] - decode["processor_ms"] - network["processor_ms"]
            ),
            "database": ours["database_ms"],
        },
    }


def _print(document: dict[str, Any]) -> None:
    rows = document["against"]
    names = [f"worker, {engine}" for engine in document["engines"]]
    head = "".join(f"{'x ' + name:>24}" for name in names)
    print(f"{'':<26}{'processor ms':>14}{'photos/s':>10}{head}")  # noqa: T201  # a table
    for name, row in rows.items():
        ratios = "".join(f"{_ratio(row, rows[ours]):>24}" for ours in names)
        line = f"{name:<26}{row['processor_ms']:>14.1f}{row['photos_a_second']:>10.1f}{ratios}"
        print(line)  # noqa: T201  # as above


def _ratio(reference: dict[str, float], ours: dict[str, float]) -> str:
    """Return how many times the reference's photos a worker tags: by processor time and clock."""
    by_processor = reference["processor_ms"] / ours["processor_ms"]
    by_clock = ours["photos_a_second"] / reference["photos_a_second"]
    return f"{by_processor:.2f} ({by_clock:.2f})"


if __name__ == "__main__":
    main()
