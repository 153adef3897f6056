"""Samples whose label matters and whose file does not."""

from itertools import count
from pathlib import Path

from classifier.taxonomy import MAIN_OF
from training.data.folder import Sample

_numbers = count()


def item(sub: str, group: str | None = None) -> Sample:
    """Return a photo of one of the nine subclasses."""
    return _sample(MAIN_OF[sub], sub, group)


def near(main: str) -> Sample:
    """Return a photo of a main class, of none of its subclasses."""
    return _sample(main, None, None)


def other(group: str | None = None) -> Sample:
    """Return a photo of none of our goods."""
    return _sample(None, None, group)


def _sample(main: str | None, sub: str | None, group: str | None) -> Sample:
    number = next(_numbers)
    return Sample(Path(f"{number}.jpg"), main, sub, group or f"product {number}")
