"""Cut the garments out of DeepFashion2's pictures into our folders; a second run goes on."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from classifier.ml.atomic_write import atomic_write
from classifier.ml.preprocessing import UnreadablePhotoError, decode
from classifier.photos.local_files import read_file
from training.collect.append_only_csv import AppendOnlyCsv
from training.collect.deepfashion2.annotations import (
    Annotation,
    Box,
    Item,
    Problem,
    ProblemKind,
    RestGoesTo,
    annotation_files,
    read_annotation,
)
from training.data.folder import MANIFEST
from training.runtime.progress import Progress

COLUMNS: Final = ("path", "main", "sub", "group", "source", "original", "box")
BLOCK: Final = 128  # annotations at a time
WORKERS: Final = os.cpu_count() or 1
VISIBLE: Final = 0.5  # share of a box that must lie inside the picture


@dataclass(frozen=True, slots=True)
class OrganiseRequest:
    """What `organise_deepfashion2` was asked for.

    Attributes:
        source: a part of DeepFashion2, with annos/ and image/.
        output: our folder; several parts may go into one.
        rest: where tops and trousers go.
        margin: kept around a box on each side, as a share of its side.
        min_side: shorter crops are left out, in pixels.
        most: crops of each folder at most; 0 is all.
    """

    source: Path
    output: Path
    rest: RestGoesTo = RestGoesTo.NOWHERE
    margin: float = 0.05
    min_side: int = 64
    most: int = 0


@dataclass(slots=True)
class OrganiseSummary:
    """What came of it; counters are by folder."""

    made: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)  # from earlier runs
    capped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


class _Cut(NamedTuple):
    item: Item
    path: str  # of the crop, below the output


class _Task(NamedTuple):
    annotation: Annotation
    cuts: list[_Cut]


def organise(request: OrganiseRequest) -> OrganiseSummary:
    """Write the crops and their row in ``manifest.csv``; what is there already is kept.

    Raises:
        PhotosError: if the source is no part of DeepFashion2.
        OSError: if the output cannot be written.
    """
    files = annotation_files(request.source)
    summary = OrganiseSummary()
    with (
        AppendOnlyCsv(request.output / MANIFEST, COLUMNS) as manifest,
        ThreadPoolExecutor(WORKERS) as pool,
        Progress("cutting out", len(files)) as progress,
    ):
        planner = _Planner(request, summary, manifest)
        for start in range(0, len(files), BLOCK):
            block = files[start : start + BLOCK]
            tasks = list(planner.plan(block))
            for task, results in zip(
                tasks, pool.map(lambda task: _cut_out(task, request), tasks), strict=True
            ):
                for cut, problem in zip(task.cuts, results, strict=True):
                    planner.record(task.annotation, cut, problem)
            progress.advance(len(block))
    return summary


class _Planner:
    """Decides what is to be cut, and keeps the counts and the manifest."""

    def __init__(
        self, request: OrganiseRequest, summary: OrganiseSummary, manifest: AppendOnlyCsv
    ) -> None:
        self._request, self._summary, self._manifest = request, summary, manifest
        self._known = {row["path"] for row in manifest.rows}
        self._taken = Counter(str(Path(path).parent) for path in self._known)

    def plan(self, files: list[Path]) -> Iterator[_Task]:
        """Yield what is still to be cut, by picture."""
        for file in files:
            annotation, problems = read_annotation(file, self._request.rest)
            self._summary.problems += problems
            if annotation is None:
                continue
            self._summary.left_out += annotation.left_out
            cuts = [cut for item in annotation.items if (cut := self._take(annotation, item))]
            if cuts:
                yield _Task(annotation, cuts)

    def _take(self, annotation: Annotation, item: Item) -> _Cut | None:
        folder = item.destination.folder
        path = f"{folder}/{self._request.source.name}_{annotation.name}_{item.name}.jpg"
        if path in self._known:
            self._summary.there[folder] += 1
            return None
        if self._request.most and self._taken[folder] >= self._request.most:
            self._summary.capped[folder] += 1
            return None
        self._taken[folder] += 1
        return _Cut(item, path)

    def record(self, annotation: Annotation, cut: _Cut, problem: Problem | None) -> None:
        """Count a crop that was cut out and write its row, or keep its problem."""
        destination = cut.item.destination
        if problem:
            self._taken[destination.folder] -= 1
            self._summary.problems.append(problem)
            return
        self._summary.made[destination.folder] += 1
        self._manifest.append(
            {
                "path": cut.path,
                "main": destination.main,
                "sub": destination.sub,
                "group": annotation.product,
                "source": annotation.source,
                "original": f"{self._request.source.name}/{annotation.name}",
                "box": " ".join(f"{value:g}" for value in cut.item.box),
            }
        )


def _cut_out(task: _Task, request: OrganiseRequest) -> list[Problem | None]:
    """Write the crops of one picture; return for each what is wrong, or None."""
    picture = request.source / "image" / f"{task.annotation.name}.jpg"
    try:
        # No side is that long: the picture is decoded in full, as boxes are in its pixels.
        image = decode(read_file(picture), at_least=1 << 20)
    except FileNotFoundError:
        return [Problem(ProblemKind.MISSING, picture.name, str(picture))] * len(task.cuts)
    except (OSError, UnreadablePhotoError) as error:
        return [Problem(ProblemKind.UNREADABLE, picture.name, str(error))] * len(task.cuts)
    return [_crop(image, cut, f"{picture.name} {cut.item.name}", request) for cut in task.cuts]


def _crop(image: Image.Image, cut: _Cut, where: str, request: OrganiseRequest) -> Problem | None:
    box = cut.item.box
    inside = _clip(box, image)
    if _area(inside) <= VISIBLE * _area(box):
        size = f"the picture has {image.width} x {image.height} pixels"
        return Problem(ProblemKind.OUTSIDE, where, f"{', '.join(f'{v:g}' for v in box)}; {size}")
    width, height = request.margin * (box.right - box.left), request.margin * (box.bottom - box.top)
    wide = Box(box.left - width, box.top - height, box.right + width, box.bottom + height)
    left, top, right, bottom = (round(value) for value in _clip(wide, image))
    crop = image.crop((left, top, right, bottom))
    if min(crop.size) < request.min_side:
        return Problem(ProblemKind.SMALL, where, f"{crop.width} x {crop.height} pixels")
    buffer = BytesIO()
    crop.save(buffer, "JPEG", quality=92)
    atomic_write(request.output / cut.path, buffer.getvalue())
    return None


def _clip(box: Box, image: Image.Image) -> Box:
    left, right = (min(max(x, 0), image.width) for x in (box.left, box.right))
    top, bottom = (min(max(y, 0), image.height) for y in (box.top, box.bottom))
    return Box(left, top, right, bottom)


def _area(box: Box) -> float:
    return max(0.0, box.right - box.left) * max(0.0, box.bottom - box.top)
