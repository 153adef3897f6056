"""The gate's report as rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.admin.versions.key_figures import percent, points
from classifier.models import ModelVersion


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: the numbers, and what they mean."""

    name: str
    champion: str
    candidate: str
    difference: str
    interval: str
    p_value: str
    bound: str
    passed: bool
    result: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate's report on a version, as the page shows it.

    Attributes:
        musts: what must not get worse; each has to hold.
        gains: of which one has to be better.
        photos: what both models were evaluated on, in words.
    """

    promotes: bool
    summary: str
    champion: str
    made_at: str
    photos: str
    musts: list[CriterionRow]
    gains: list[CriterionRow]


def gate_view(version: ModelVersion) -> GateView | None:
    """Return the gate's report of a version, or None if it has none."""
    gate = version.gate
    if not gate:
        return None
    criteria = gate.get("criteria", [])
    return GateView(
        promotes=gate.get("verdict") == "promote",
        summary=gate.get("summary", ""),
        champion=gate.get("champion", ""),
        made_at=str(gate.get("made_at", ""))[:16].replace("T", " "),
        photos=_in_words(gate.get("photos", {})),
        musts=[_row(criterion) for criterion in criteria if criterion.get("kind") != "gain"],
        gains=[_row(criterion) for criterion in criteria if criterion.get("kind") == "gain"],
    )


def _row(criterion: Mapping[str, Any]) -> CriterionRow:
    passed = bool(criterion.get("passed"))
    if criterion.get("kind") == "gain":
        result = "better" if passed else "not better"
    else:
        result = "holds" if passed else "broken"
    interval, p_value = criterion.get("interval"), criterion.get("p_value")
    return CriterionRow(
        name=str(criterion.get("name", "")),
        champion=percent(criterion.get("champion")),
        candidate=percent(criterion.get("candidate")),
        difference=points(criterion.get("difference")),
        interval=f"{points(interval[0])} to {points(interval[1])}" if interval else "",
        p_value="" if p_value is None else f"{p_value:.3f}",
        bound=str(criterion.get("bound", "")),
        passed=passed,
        result=result,
        sentence=str(criterion.get("sentence", "")),
    )


def _in_words(photos: Mapping[str, Any]) -> str:
    names = {
        "items": "of the nine subclasses",
        "near": "of a main class alone",
        "others": "not ours",
        "reviewed": "reviewed by moderators",
    }
    return ", ".join(f"{photos[key]} {words}" for key, words in names.items() if key in photos)
