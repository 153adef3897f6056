"""Files on this machine to results: the worker's cleaning, model and rules, without its queue."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from torch import Tensor

from classifier.decision import Decision, Scores, decide
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.photos.cleaning import Limits, PhotoRefusedError, check_size, clean_photo

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".gif"})
BATCH: Final = 32
READERS: Final = min(16, (os.cpu_count() or 1) + 2)


@dataclass(frozen=True, slots=True)
class Classified:
    """A file that was read and decided."""

    path: Path
    scores: Scores
    decision: Decision


@dataclass(frozen=True, slots=True)
class Failed:
    """A path that gave no photo; ``error`` says why."""

    path: Path
    error: str


def find_photos(paths: Iterable[Path]) -> list[Path | Failed]:
    """Return the files meant by ``paths``: files as they are, folders walked in sorted order.

    A folder gives its image files, hidden ones left out; what is missing or empty is a `Failed`.
    """
    found: list[Path | Failed] = []
    for path in paths:
        if path.is_dir():
            photos = sorted(_walk(path))
            found += photos or [Failed(path, "There are no image files in this folder.")]
        elif path.exists():
            found.append(path)
        else:
            found.append(Failed(path, "There is no such file or folder."))
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(here, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES:
                yield path


def classify_files(
    files: Iterable[Path | Failed], predictor: Predictor, limits: Limits
) -> Iterator[Classified | Failed]:
    """Yield one result a file, in order; the next batches are read while one is predicted."""
    waiting = iter(files)
    with ThreadPoolExecutor(READERS, thread_name_prefix="read-photo") as readers:

        def start(count: int) -> list[Future[_Prepared | Failed]]:
            chosen = islice(waiting, count)
            return [readers.submit(_prepare, file, predictor, limits) for file in chosen]

        ahead = deque(start(2 * BATCH))
        while ahead:
            batch = [ahead.popleft() for _ in range(min(BATCH, len(ahead)))]
            ahead.extend(start(len(batch)))
            yield from _decide([future.result() for future in batch], predictor)


class _Prepared(NamedTuple):
    path: Path
    pixels: Tensor  # uint8 (3, size, size)


def _prepare(file: Path | Failed, predictor: Predictor, limits: Limits) -> _Prepared | Failed:
    if isinstance(file, Failed):
        return file
    try:
        check_size(file.stat().st_size, limits)
        return _Prepared(file, predictor.prepare(clean_photo(file.read_bytes(), limits).jpeg))
    except (PhotoRefusedError, UnreadablePhotoError) as error:
        return Failed(file, str(error))
    except OSError as error:
        return Failed(file, f"The file cannot be read ({error.strerror or error}).")


def _decide(
    batch: Sequence[_Prepared | Failed], predictor: Predictor
) -> Iterator[Classified | Failed]:
    pixels = [item.pixels for item in batch if isinstance(item, _Prepared)]
    scores = iter(predictor.predict(pixels))
    for item in batch:
        if isinstance(item, Failed):
            yield item
        else:
            score = next(scores)
            yield Classified(item.path, score, decide(score, predictor.manifest.thresholds))
