"""Files on this machine to results: the worker's cleaning, model and rules, without its queue."""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from torch import Tensor

from classifier.decision import Decision, Scores
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError, served_file
from classifier.photos.cleaning import Limits, PhotoRefusedError, check_size, clean_photo
from classifier.photos.local_files import find_photos, in_words, read_file
from classifier.worker.decide_all import decide_all

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What some paths mean: files, and paths that give none; ``notes`` say what is left out."""

    files: list[Path | Failed]
    notes: list[str]


def choose_files(paths: Iterable[Path]) -> Chosen:
    """Return the files meant by ``paths``: files as they are, of folders their photos, sorted."""
    files: list[Path | Failed] = []
    notes: list[str] = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except FileNotFoundError:
            files.append(Failed(path, "There is no such file or folder."))
            continue
        except OSError as error:
            files.append(Failed(path, f"It cannot be read ({error.strerror or error})."))
            continue
        if not is_folder:
            files.append(path)
            continue
        in_folder = find_photos(path)
        files += in_folder.photos or [Failed(path, "There are no photos in this folder.")]
        notes += in_words(in_folder.left_out, path)
    return Chosen(files, notes)


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


def _decide(
    batch: Sequence[_Prepared | Failed], predictor: Predictor
) -> Iterator[Classified | Failed]:
    decided = iter(
        decide_all([item.pixels for item in batch if isinstance(item, _Prepared)], predictor)
    )
    for item in batch:
        if isinstance(item, Failed):
            yield item
        else:
            scores, decision, _ = next(decided)
            yield Classified(item.path, scores, decision)


def _prepare(file: Path | Failed, predictor: Predictor, limits: Limits) -> _Prepared | Failed:
    if isinstance(file, Failed):
        return file
    try:
        check_size(file.stat().st_size, limits)
        photo = clean_photo(read_file(file), limits, with_thumbnail=True)
        served = served_file(photo, predictor.manifest.preprocessing)
        return _Prepared(file, predictor.prepare(served))
    except (PhotoRefusedError, UnreadablePhotoError) as error:
        return Failed(file, str(error))
    except OSError as error:
        return Failed(file, f"The file cannot be read ({error.strerror or error}).")
