"""A GPU machine without the product: how near photos come to its decoding and its network.

`python -m benchmarks.on_gpu pack FILE` writes what it needs (code, starter, sample photos; under
60 MB) to a tar file. There: `tar xf FILE && python3 -m benchmarks.on_gpu`, with torch, torchvision,
safetensors, scipy, Pillow and pillow-heif. The references of the run are decoding alone, with a
thread a core, and the network alone, in full batches.
"""

import itertools
import os
import sys
import tarfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks.repository import REPOSITORY, STARTER

CARRIED: Final = (
    "classifier", "benchmarks", "samples/photos", "bundles/starter/bundle.json",
    "bundles/starter/weights.safetensors",
)  # fmt: skip
MOST_BYTES: Final = 60_000_000
PHOTOS: Final = 2048
IN_FLIGHT: Final = 2


def main() -> None:
    if sys.argv[1:2] == ["pack"] and len(sys.argv) == 3:
        _pack(Path(sys.argv[2]))
    elif len(sys.argv) == 1:
        _measure()
    else:
        raise SystemExit("Usage: python -m benchmarks.on_gpu [pack FILE]")


def _pack(file: Path) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for name in CARRIED:
            archive.add(REPOSITORY / name, name, filter=_code_alone)
    if (size := file.stat().st_size) > MOST_BYTES:
        raise SystemExit(f"{file} has {size:,} bytes; at most {MOST_BYTES:,} can be carried.")
    _line(f"{file} has {size / 10**6:.1f} MB. There: tar xf {file.name} && "
          "python3 -m benchmarks.on_gpu")  # fmt: skip


def _code_alone(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in info.name else info


def _measure() -> None:
    import torch

    from benchmarks.pipeline.phone_photos import photos_of_a_phone
    from classifier.ml.bundle import load_bundle
    from classifier.ml.predictor import Predictor
    from classifier.ml.preprocessing import served_file

    predictor = Predictor(load_bundle(STARTER))
    gpu = torch.cuda.get_device_name() if predictor.device.type == "cuda" else "no GPU"
    preprocessing = predictor.manifest.preprocessing
    files = [served_file(photo, preprocessing) for photo in photos_of_a_phone(16)]
    photos = list(itertools.islice(itertools.cycle(files), PHOTOS))
    cores = len(os.sched_getaffinity(0))
    _line(f"{gpu}, {cores} cores, {predictor.engine}, {PHOTOS} photos as workers read them.")
    torch.set_num_threads(1)
    with ThreadPoolExecutor(cores) as readers:
        decode = PHOTOS / _seconds(lambda: list(readers.map(predictor.prepare, photos)))
        batch = [predictor.prepare(photos[0])] * predictor.largest_pass
        predictor.predict(batch)
        passes = max(1, PHOTOS // len(batch))
        forward = passes * len(batch) / _seconds(lambda: _passes(predictor, batch, passes))
        both = PHOTOS / _seconds(lambda: _decode_and_predict(predictor, photos, readers))
    for name, rate in (("decoding alone", decode), ("network alone", forward), ("both", both)):
        _line(f"{name:<16}{rate:>10.1f} photos/s{rate / min(decode, forward):>8.2f}")
    _line(f"manage.py capacity --gpu-ms {1000 / forward:.3f} --read-ms {1000 * cores / decode:.1f}")


def _passes(predictor: Any, batch: list[Any], passes: int) -> None:
    for _ in range(passes):
        predictor.predict(batch)


def _decode_and_predict(predictor: Any, photos: list[bytes], readers: ThreadPoolExecutor) -> None:
    """Decode ahead of the network, as a worker does: two batches in flight."""
    ahead: deque[list[Future[Any]]] = deque()
    for batch in _batches(photos, predictor.largest_pass):
        ahead.append([readers.submit(predictor.prepare, photo) for photo in batch])
        if len(ahead) > IN_FLIGHT:
            predictor.predict([future.result() for future in ahead.popleft()])
    for futures in ahead:
        predictor.predict([future.result() for future in futures])


def _batches(photos: list[bytes], size: int) -> Iterator[list[bytes]]:
    for start in range(0, len(photos), size):
        yield photos[start : start + size]


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
