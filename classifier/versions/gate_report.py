"""What the gate says of a candidate: made in training, kept with the version, shown in the admin.

No Django and no torch here: the gate's rules import it, too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["must", "gain"]
# A share is 0 to 1; reviews are those that 1,000 photos of the stream cost.
Unit = Literal["share", "reviews"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One comparison and whether it came out well.

    Attributes:
        name: of the figure that is compared.
        kind: a ``must`` has to hold; of the ``gain`` ones, one has to be better.
        champion, candidate: the figure of each; None if it cannot be compared.
        difference: candidate minus champion.
        interval: of the difference; each end is a one-sided bound of 95 %.
        p_value: two-sided, of the exact McNemar test; None where it does not apply.
        bound: the most that is allowed, in words.
        passed: whether the must holds, or the gain is certain.
        sentence: for people.
        reason: why a must does not hold, as a clause; empty where it holds.
        unit: of the figure.
    """

    name: str
    kind: Kind
    champion: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    p_value: float | None
    bound: str
    passed: bool
    sentence: str
    reason: str = ""
    unit: Unit = "share"

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {**asdict(self), "interval": list(self.interval) if self.interval else None}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Criterion":
        """Return what `to_dict` gave, perhaps in an earlier release; what is missing is empty."""
        interval = stored.get("interval")
        return cls(
            name=str(stored.get("name", "")),
            kind="gain" if stored.get("kind") == "gain" else "must",
            champion=stored.get("champion"),
            candidate=stored.get("candidate"),
            difference=stored.get("difference"),
            interval=(interval[0], interval[1]) if interval else None,
            p_value=stored.get("p_value"),
            bound=str(stored.get("bound", "")),
            passed=bool(stored.get("passed")),
            sentence=str(stored.get("sentence", "")),
            reason=str(stored.get("reason", "")),
            unit="reviews" if stored.get("unit") == "reviews" else "share",
        )


@dataclass(frozen=True, slots=True)
class TestCounts:
    """The photos that both models were judged on.

    Attributes:
        items: of the nine subclasses.
        near: of a main class alone.
        others: none of ours.
        reviewed: how many of all these were reviewed by moderators; the rest are base photos.
    """

    __test__ = False  # pytest would take the class for a test

    items: int = 0
    near: int = 0
    others: int = 0
    reviewed: int = 0

    @property
    def total(self) -> int:
        return self.items + self.near + self.others


@dataclass(frozen=True, slots=True)
class GateReport:
    """The gate's verdict and everything behind it.

    Attributes:
        promote: whether the candidate may replace the champion.
        summary: the verdict and its reasons in a sentence.
        criteria: all comparisons.
        champion, candidate: names of the two models.
        made_at: when they were compared, ISO 8601 in UTC.
        photos: what they were compared on.
        photos_sha256: which photos these are, as a hash; empty in reports of older releases.
        figures: of each, ``champion`` and ``candidate``, as `training.evaluation.figures` gives
            them.
    """

    promote: bool
    summary: str
    criteria: tuple[Criterion, ...]
    champion: str = ""
    candidate: str = ""
    made_at: str = ""
    photos: TestCounts = field(default_factory=TestCounts)
    photos_sha256: str = ""
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def musts(self) -> list[Criterion]:
        return [criterion for criterion in self.criteria if criterion.kind == "must"]

    @property
    def gains(self) -> list[Criterion]:
        return [criterion for criterion in self.criteria if criterion.kind == "gain"]

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "verdict": "promote" if self.promote else "reject",
            "summary": self.summary,
            "criteria": [criterion.to_dict() for criterion in self.criteria],
            "champion": self.champion,
            "candidate": self.candidate,
            "made_at": self.made_at,
            "photos": asdict(self.photos),
            "photos_sha256": self.photos_sha256,
            "figures": {name: dict(figures) for name, figures in self.figures.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "GateReport":
        """Return what `to_dict` gave, perhaps in an earlier release; what is missing is empty."""
        photos = stored.get("photos", {})
        return cls(
            promote=stored.get("verdict") == "promote",
            summary=str(stored.get("summary", "")),
            criteria=tuple(Criterion.from_dict(one) for one in stored.get("criteria", ())),
            champion=str(stored.get("champion", "")),
            candidate=str(stored.get("candidate", "")),
            made_at=str(stored.get("made_at", "")),
            photos=TestCounts(
                **{name: photos.get(name, 0) for name in ("items", "near", "others", "reviewed")}
            ),
            photos_sha256=str(stored.get("photos_sha256", "")),
            figures=stored.get("figures", {}),
        )
