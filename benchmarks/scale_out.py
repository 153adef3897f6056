"""1, 2, 4 and 8 workers on one PostgreSQL: whether twice as many workers tag twice as fast.

The queue, its claims, its database and the rows are real. The network is not: a predictor waits for
the time that a pass takes (``--gpu-ms`` a photo) and gives every photo the same scores; no photo is
read. So this measures what workers share, not what each does alone.
`python -m benchmarks.scale_out`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import postgresql, results
from benchmarks.pipeline import site
from benchmarks.repository import REPOSITORY, STARTER

WORKERS: Final = (1, 2, 4, 8)
# Two loops a worker, as in the product: one claims and stores while the other has the device.
LOOPS: Final = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each number of workers, print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gpu-ms", type=float, default=40.0, help="a photo (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", default=results.path("scale_out"))
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        with postgresql.server() as (url, server):
            os.environ.update(site.environment(folder, url))
            import django

            django.setup()
            site.set_up()
            rows = _measure_each(chosen, server)
    _print(rows)
    results.write(chosen.json, {"gpu_ms": chosen.gpu_ms, "workers": rows})


def _measure_each(chosen: argparse.Namespace, server: Any) -> list[dict[str, Any]]:
    """Measure each number of workers; those that are not needed yet stand still."""
    workers = [_start(chosen) for _ in range(max(WORKERS))]
    try:
        for worker in workers:
            _answer(worker)
        return [_measure(workers[:count], chosen, server) for count in WORKERS]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _measure(
    workers: list[subprocess.Popen[str]], chosen: argparse.Namespace, server: Any
) -> dict[str, Any]:
    count = len(workers)
    photo = {"image": "photos/none.jpg", "width": 800, "height": 600, "sha256": "0" * 64}
    # Twice what they could tag at most: none of them shall run out of work.
    site.add_pending([photo], int(2 * count * chosen.seconds * 1000 / chosen.gpu_ms))
    before = site.processor_seconds(server)
    for worker in workers:
        _tell(worker, "go")
    done = [_answer(worker) for worker in workers]
    database = site.processor_seconds(server) - before
    photos = sum(one["photos"] for one in done)
    _clear()
    return {
        "workers": count,
        "photos_a_second": sum(one["photos"] / one["seconds"] for one in done),
        "worker_ms": 1000 * sum(one["processor"] for one in done) / photos,
        "database_ms": 1000 * database / photos,
    }


def _clear() -> None:
    """Remove what is left, so that each number of workers meets a table as small as the first."""
    from classifier.models import ListingPhoto

    ListingPhoto.objects.filter(status="pending").delete()


def _start(chosen: argparse.Namespace) -> subprocess.Popen[str]:
    code = f"from benchmarks import scale_out; scale_out.work({chosen.gpu_ms}, {chosen.seconds})"
    return subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-c", code], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=REPOSITORY,
    )  # fmt: skip


def _tell(worker: subprocess.Popen[str], word: str) -> None:
    if worker.stdin:
        worker.stdin.write(word + "\n")
        worker.stdin.flush()


def _answer(worker: subprocess.Popen[str]) -> Any:
    line = worker.stdout.readline() if worker.stdout else ""
    if not line:
        raise SystemExit("A worker ended before it was done.")
    return json.loads(line)


class WaitingPredictor:
    """Stands where a bundle on a GPU would: waits as long, and says the same of every photo."""

    largest_pass: Final = 128
    engine: Final = "waits"

    def __init__(self, gpu_ms: float) -> None:
        import torch

        from classifier.decision import Scores
        from classifier.ml.embeddings.embedding import embed
        from classifier.ml.manifest import read_manifest
        from classifier.ml.network import FEATURES
        from classifier.ml.predictor import Prediction
        from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

        self.manifest, self.device = read_manifest(STARTER), torch.device("cpu")
        side = self.manifest.preprocessing.size
        self._pixels = torch.full((3, side, side), 127, dtype=torch.uint8)
        scores = Scores(
            main={name: 0.9 if name == "Bags" else 0.05 for name in MAIN_CLASSES},
            sub={name: 0.92 if name == "Clutches" else 0.01 for name in SUBCLASSES},
            novelty=0.01,
        )
        self._prediction = Prediction(scores, embed(torch.ones(1, FEATURES))[0])
        self._seconds = gpu_ms / 1000
        self._lock = threading.Lock()

    def prepare(self, data: bytes) -> Any:  # noqa: ARG002  # a predictor's form
        """Return the same grey picture for any photo."""
        return self._pixels

    def predict_and_embed(self, photos: Sequence[Any]) -> list[Any]:
        """Return one prediction a photo, after the time that a GPU would have taken."""
        with self._lock:
            time.sleep(self._seconds * len(photos))
        return [self._prediction] * len(photos)


def work(gpu_ms: float, seconds: float) -> None:
    """Be one worker: get ready, say so, and tag for so many seconds once told to."""
    import django

    django.setup()
    from classifier.versions import registry
    from classifier.worker import live_model, predict

    predictor: Any = WaitingPredictor(gpu_ms)
    champion = registry.champion()
    if champion is None:
        raise SystemExit("There is no champion.")
    live_model.slot._live = live_model.LiveModel(predictor, champion)  # no bundle is loaded
    module: Any = predict
    module._read = lambda _, predictor: predictor.prepare(b"")  # no file is read
    _line(json.dumps("ready"))
    for _ in sys.stdin:
        _line(json.dumps(_tag_for(seconds)))


def _tag_for(seconds: float) -> dict[str, float]:
    """Tag for so many seconds in the loops of a worker; return what came of it."""
    from classifier.worker.loops import tag

    batches: list[int] = []
    began, processor = time.perf_counter(), time.process_time()

    def loop() -> None:
        while time.perf_counter() - began < seconds:
            batches.append(tag.classify_next_batch())

    loops = [threading.Thread(target=loop) for _ in range(LOOPS)]
    for one in loops:
        one.start()
    for one in loops:
        one.join()
    return {
        "photos": sum(batches),
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
    }


def _print(rows: Sequence[dict[str, Any]]) -> None:
    first = rows[0]["photos_a_second"]
    _line(f"{'workers':<10}{'photos/s':>10}{'ratio':>8}{'worker ms':>12}{'database ms':>13}")
    for row in rows:
        rate = row["photos_a_second"]
        _line(
            f"{row['workers']:<10}{rate:>10.1f}{rate / first:>8.2f}{row['worker_ms']:>12.2f}"
            f"{row['database_ms']:>13.2f}"
        )


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
