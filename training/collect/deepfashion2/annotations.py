"""DeepFashion2 (Ge et al. 2019) becomes a folder of cropped photos with our labels.

Its parts (``train``, ``validation``) each hold ``image/000001.jpg`` and ``annos/000001.json``. An
annotation has ``source``, ``pair_id`` and ``item1``, ``item2``, …, each with a ``category_id`` from
1 to 13 and a ``bounding_box`` [x1, y1, x2, y2] in pixels.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from classifier.photos.local_files import is_system_name, read_file
from classifier.taxonomy import MAIN_OF
from training.data.folder import NEAR, OTHERS, PhotosError

# The names beside the numbers are DeepFashion2's.
SUBCLASS_OF: Final[Mapping[int, str]] = MappingProxyType(
    {
        3: "Outerwear",  # short sleeve outwear
        4: "Outerwear",  # long sleeve outwear
        9: "Skirts",  # skirt
        10: "Dresses",  # short sleeve dress
        11: "Dresses",  # long sleeve dress
        12: "Dresses",  # vest dress
        13: "Dresses",  # sling dress
    }
)
REST: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Tops",  # short sleeve top
        2: "Tops",  # long sleeve top
        5: "Tops",  # vest
        6: "Tops",  # sling
        7: "Trousers",  # shorts
        8: "Trousers",  # trousers
    }
)


class RestGoesTo(StrEnum):
    """Where tops and trousers go, which are none of our subclasses."""

    NOWHERE = "nowhere"
    NEAR = "near"  # clothing, but no subclass: the right tag is the main class
    OTHERS = "others"  # irrelevant, as in the study


class ProblemKind(StrEnum):
    """What can be wrong with one annotation, picture or box."""

    ANNOTATION = "annotation cannot be read"
    ITEM = "item without a known category or a box"
    MISSING = "picture is missing"
    UNREADABLE = "picture cannot be decoded"
    OUTSIDE = "box outside the picture"
    SMALL = "crop too small"


class Problem(NamedTuple):
    """What is wrong with one annotation, picture or box, and where it is."""

    kind: ProblemKind
    where: str
    detail: str


class Destination(NamedTuple):
    """A folder of ours and the labels of what lies there."""

    folder: str
    main: str
    sub: str


class Box(NamedTuple):
    """Left, top, right and bottom, in pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float


class Item(NamedTuple):
    """One garment of a picture."""

    name: str  # item1
    destination: Destination
    box: Box


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is known of one picture; items that go nowhere are left out.

    Attributes:
        name: of the picture without its ending.
        source: ``shop`` or ``user``, empty where unknown.
        product: DeepFashion2's pair: photos of one product by the shop and by its customers.
    """

    name: str
    source: str
    product: str
    items: list[Item] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def annotation_files(source: Path) -> list[Path]:
    """Return a part's annotations in the order of their names.

    Raises:
        PhotosError: if the folder is not a part of DeepFashion2.
    """
    for folder in (source / "annos", source / "image"):
        if not folder.is_dir():
            raise PhotosError(
                f"There is no folder {folder}. Expected a part of DeepFashion2, such as its "
                "train folder, with annos/*.json and image/*.jpg."
            )
    files = sorted(
        path for path in (source / "annos").glob("*.json") if not is_system_name(path.name)
    )
    if not files:
        raise PhotosError(f"{source / 'annos'} has no *.json files.")
    return files


def read_annotation(path: Path, rest: RestGoesTo) -> tuple[Annotation | None, list[Problem]]:
    """Return what one annotation file says, and what is wrong with it."""
    try:
        document = json.loads(read_file(path).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        return None, [Problem(ProblemKind.ANNOTATION, path.name, str(error))]
    if not isinstance(document, dict):
        return None, [Problem(ProblemKind.ANNOTATION, path.name, "It is no JSON object.")]
    pair = document.get("pair_id")
    annotation = Annotation(
        path.stem,
        str(document.get("source", "")),
        f"one-{path.stem}" if pair is None else f"pair-{pair}",
    )
    problems = []
    for name, item in _items(document):
        try:
            category, box = int(item["category_id"]), Box(*map(float, item["bounding_box"]))
            destination = destination_of(category, rest)
        except (KeyError, TypeError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"
            problems.append(Problem(ProblemKind.ITEM, f"{path.name} {name}", detail))
            continue
        if destination:
            annotation.items.append(Item(name, destination, box))
        else:
            annotation.left_out[REST[category]] += 1
    return annotation, problems


def _items(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in sorted(document):
        if name.startswith("item") and name[4:].isdigit():
            yield name, document[name]


def destination_of(category: int, rest: RestGoesTo) -> Destination | None:
    """Return where a category's photos go; None is nowhere.

    Raises:
        ValueError: if DeepFashion2 has no such category.
    """
    if sub := SUBCLASS_OF.get(category):
        return Destination(f"{MAIN_OF[sub]}/{sub}", MAIN_OF[sub], sub)
    if category not in REST:
        raise ValueError(f"category_id is 1 to 13, not {category}")
    if rest is RestGoesTo.NEAR:
        return Destination(f"{NEAR}/Clothing/{REST[category]}", "Clothing", "")
    if rest is RestGoesTo.OTHERS:
        return Destination(f"{OTHERS}/{REST[category]}", OTHERS, "")
    return None
