"""What the evaluation page shows as tables, ready for its template."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from classifier.decision import Reason
from classifier.versions.stream import first_line
from training import published
from training.evaluation.named_figures import Figures

REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.MAIN_BELOW_THRESHOLD: "The main class is not sure enough, so the photo is unknown.",
        Reason.OUT_OF_DISTRIBUTION: "The photo looks like none of our goods, so it is unknown.",
        Reason.SUB_OUTSIDE_MAIN: (
            "The best subclass belongs to another main class, so only the main class is kept."
        ),
        Reason.SUB_BELOW_THRESHOLD: (
            "The subclass is not sure enough, so only the main class is kept."
        ),
    }
)

_ROWS: Final = (
    (
        "main_accuracy",
        "Main accuracy",
        "items whose best main class is right",
        published.MAIN_ACCURACY,
    ),
    (
        "sub_accuracy_where_main_right",
        "Subclass accuracy, main right",
        "of these, the best subclass is right too (the study's measure)",
        published.SUB_ACCURACY,
    ),
    ("sub_accuracy", "Subclass accuracy", "items whose best subclass is right, of all", None),
    ("overall_accuracy", "Overall accuracy", "items with both heads right", None),
    ("coverage", "Coverage", "items tagged with a subclass by the decision rules", None),
    ("tag_accuracy", "Accuracy of tags", "of these subclass tags, right", None),
    ("items_main_class", "Fell back to the main class", "items, whichever the reason", None),
    ("items_unknown", "Fell back to unknown", "items rejected though they are ours", None),
    (
        "main_accuracy_where_known",
        "Main accuracy after the rules",
        "of items not unknown, the main class is right",
        None,
    ),
    ("near_main_accuracy", "Main accuracy of near photos", "before the decision rules", None),
    ("near_tagged_with_subclass", "Near photos tagged", "though no subclass is right", None),
    (
        "others_rejected",
        "Others rejected",
        "irrelevant photos that end as unknown",
        published.OTHERS_REJECTED,
    ),
    ("others_tagged_with_subclass", "Others tagged", "irrelevant photos given a subclass", None),
    ("main_calibration_error", "Calibration error, main", "expected, over 15 bins", None),
    ("sub_calibration_error", "Calibration error, subclass", "expected, over 15 bins", None),
)


def stream_line(figures: Figures) -> str:
    """Return what becomes of 1,000 photos, as a sentence; empty without items."""
    return first_line(figures.stream) if figures.stream else ""


def verdict(figures: Figures) -> list[dict[str, Any]]:
    """Return the few figures that stand large at the top, the study's beside them."""
    return [
        _large(figures, "main_accuracy", "main class right", study="99 %"),
        _large(
            figures,
            "sub_accuracy_where_main_right",
            "subclass right, where the main class is",
            study="93 %",
        ),
        _large(figures, "others_rejected", "irrelevant photos rejected", study="up to 80 %"),
        _large(figures, "tag_accuracy", "subclass tags right, after the decision rules"),
    ]


def _large(figures: Figures, name: str, label: str, *, study: str = "") -> dict[str, Any]:
    return {
        **figures.estimate(name)._asdict(),
        "label": label,
        "study": study,
    }


def figure_rows(figures: Figures) -> list[dict[str, Any]]:
    """Return every share with its interval, and what it means in words."""
    return [
        {
            "label": label,
            "meaning": meaning,
            **figures.estimate(name)._asdict(),
            "study": beside,
        }
        for name, label, meaning, beside in _ROWS
    ]


def class_reports(figures: Figures) -> list[dict[str, Any]]:
    """Return precision, recall and F1 of both levels with their intervals, averages by name."""
    levels = {"Main classes": figures.per_main_class, "Subclasses": figures.per_subclass}
    return [
        {
            "title": title,
            "rows": [
                {
                    "name": name.replace("avg", "average"),
                    "average": name.endswith("avg"),
                    "cells": [
                        (row[figure], row.get(f"{figure}_95"))
                        for figure in ("precision", "recall", "f1-score")
                    ],
                    "support": row["support"],
                }
                for name, row in level.items()
            ],
        }
        for title, level in levels.items()
    ]


def matrices(curves: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return both confusion matrices; ``shade`` is a cell's strength in per cent."""
    titles = {"main": "Main classes", "sub": "Subclasses"}
    return [
        {
            "title": title,
            "level": key,
            "classes": curves[key]["confusion"]["classes"],
            "rows": [
                {"name": name, "cells": _cells(counts, index)}
                for index, (name, counts) in enumerate(
                    zip(
                        curves[key]["confusion"]["classes"],
                        curves[key]["confusion"]["rows"],
                        strict=False,  # without items there are no rows
                    )
                )
            ],
        }
        for key, title in titles.items()
    ]


def _cells(counts: Sequence[int], right: int) -> list[dict[str, Any]]:
    total = max(1, sum(counts))
    return [
        {
            "count": count,
            # The root makes a single mistake among many photos visible.
            "shade": round(100 * math.sqrt(count / total)),
            "kind": "hit" if index == right else "miss",
        }
        for index, count in enumerate(counts)
    ]


def end_rows(ends: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what became of each kind of photo, with what is wrong added up."""
    return [
        {**row, "wrong": row["counts"]["wrong tag"] + row["counts"]["wrong main class"]}
        for row in ends
    ]


def fallbacks(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each reason with its meaning, how many photos it met, and examples."""
    return [
        {
            "name": str(reason),
            "meaning": REASONS[reason],
            "examples": document["examples"][reason],
            "total": sum(row["counts"][reason] for row in document["reasons"]),
        }
        for reason in Reason
    ]
