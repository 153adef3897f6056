"""Confirmed labels as CSV or JSON lines, one row at a time however many there are."""

import csv
import json
from collections.abc import Iterator
from typing import Any, Final

from classifier.models import Review

FIELDS: Final = (
    "photo",
    "photo__sha256",
    "photo__image",
    "photo__listing",
    "verdict",
    "main",
    "sub",
    "moderator__username",
    "at",
    "seconds",
    "source",
    "round",
    "sampled",
    "sampling_share",
    "blind",
    "model_version__name",
    "predicted_outcome",
    "predicted_main",
    "predicted_sub",
    "predicted_main_confidence",
    "predicted_sub_confidence",
)
NAMES: Final = tuple(
    name.replace("__name", "").replace("__username", "").replace("photo__", "") for name in FIELDS
)


def rows() -> Iterator[dict[str, Any]]:
    """Return the final reviews of photos that are still there, the oldest first."""
    reviews = Review.objects.final().of_present_photos().order_by("id")
    for values in reviews.values_list(*FIELDS).iterator(chunk_size=2000):
        row = dict(zip(NAMES, values, strict=True))
        yield {**row, "at": row["at"].isoformat()}


class _Line:
    """A file that hands back what was written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv() -> Iterator[str]:
    """Return a CSV file line by line, the names first."""
    writer = csv.writer(_Line())
    yield writer.writerow(NAMES)
    for row in rows():
        yield writer.writerow([_harmless(value) for value in row.values()])


def _harmless(value: object) -> object:
    """A spreadsheet takes a text that begins with one of these for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def as_json_lines() -> Iterator[str]:
    """Return one JSON object a line."""
    for row in rows():
        yield json.dumps(row, ensure_ascii=False) + "\n"
