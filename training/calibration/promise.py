"""Thresholds that keep a promise: of all subclass tags given, at most so many are wrong.

"Learn then test" (Angelopoulos, Bates, Candès, Jordan and Lei 2021): each threshold is a hypothesis
"tags above it are wrong more often than promised", and one that is rejected may be used. Thresholds
are tested one after the other, the strictest first and always on the same photos, up to the first
that is not rejected; so all tests together err as rarely as one (fixed-sequence testing; Bates,
Angelopoulos, Lei, Malik and Jordan 2021 for nested sets). A hypothesis is rejected where the bound
of `training.calibration.risk` lies at or below the promise.

The very strictest thresholds tag too few photos to prove anything, so the sequence starts at the
first that tags enough items to prove half the promised risk if all of them were right. That goes by
the number of tagged items, never by which of them are right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from classifier.decision import Thresholds
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES, TAXONOMY
from classifier.versions.stream import DEFAULT_MIX, Mix
from training.calibration.risk import (
    ITEM,
    NEAR,
    OTHER,
    Bools,
    Ints,
    Photos,
    least_bound,
    risk_bound,
    wrong_tag_rate,
)
from training.evaluation.scoring import Floats, Probabilities, Truth

# From the strictest to the loosest; a near photo's subclass gets a third at most.
SEQUENCE: Final = (0.999, 0.998, 0.995, *(round(0.99 - 0.01 * step, 2) for step in range(66)))
NOTHING: Final = 1.0  # a threshold that tags nothing
RISKS: Final = (0.01, 0.03, 0.05)
# With fewer items of a main class, not even tags without a mistake could keep 3 %.
FEWEST_ITEMS: Final = 300
Per = Literal["main", "all"]
MAIN_OF_SUB: Final = np.array([MAIN_CLASSES.index(MAIN_OF[sub]) for sub in SUBCLASSES])


@dataclass(frozen=True, slots=True)
class Promise:
    """At most ``risk`` of all subclass tags are wrong, with probability ``confidence`` at least.

    Attributes:
        risk, confidence: between 0 and 1.
        mix: the stream that it is made for.
        per: whether each main class keeps it by itself, or all tags together.
        by_main: another risk for some main classes, where each keeps it by itself; classes that
            keep it together keep the least of theirs.

    Raises:
        ValueError: if a number makes no sense.
    """

    risk: float = 0.03
    confidence: float = 0.90
    mix: Mix = DEFAULT_MIX
    per: Per = "all"
    by_main: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for risk in (self.risk, *self.by_main.values()):
            if not 0 < risk < 0.5:
                raise ValueError(f"A promised risk lies between 0 and 0.5; it is {risk:g}.")
        if not set(self.by_main) <= set(MAIN_CLASSES) or (self.by_main and self.per == "all"):
            raise ValueError(
                f"Risks of their own are for {', '.join(MAIN_CLASSES)}, where each main class "
                f"keeps its promise by itself; these are for {', '.join(self.by_main)}."
            )
        if not 0.5 <= self.confidence < 1:
            raise ValueError(
                f"A promise's confidence is 0.5 or more and below 1; it is {self.confidence:g}."
            )
        if self.per not in ("main", "all"):
            raise ValueError(f"A promise is per 'main' class or for 'all'; it is {self.per!r}.")

    def risk_of(self, classes: Iterable[str]) -> float:
        """Return the risk that these main classes keep together."""
        return min(self.by_main.get(name, self.risk) for name in classes)


DEFAULT_PROMISE: Final = Promise()


def promise_of(metrics: Mapping[str, Any]) -> Promise | None:
    """Return the promise that a bundle's thresholds keep; None where they keep none.

    Args:
        metrics: of the bundle; what makes no sense there counts as no promise.
    """
    kept = metrics.get("promise")
    if not isinstance(kept, Mapping) or kept.get("kept") is not True:
        return None
    try:
        return Promise(
            float(kept["risk"]), float(kept["confidence"]), Mix(**kept["mix"]), kept["per"],
            {name: float(risk) for name, risk in kept.get("by_main", {}).items()},
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the promise came to for some main classes.

    Attributes:
        classes: the main classes whose tags keep it together.
        threshold: of their subclasses; None where no threshold keeps the promise.
        wrong_tag_rate: share of wrong tags among the held-out photos, weighted as the stream.
        bound: what it exceeds with the probability that is left for these classes.
        coverage: share of their items that get a tag.
    """

    classes: tuple[str, ...]
    threshold: float | None
    wrong_tag_rate: float | None
    bound: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Promised:
    """Thresholds that keep a promise, and what they come to.

    Attributes:
        thresholds: for a bundle.
        fitted: for each group of main classes.
        coverage: share of all items that get a subclass tag.
        wrong_tag_rate: share of wrong tags over everything; None where nothing is tagged.
        photos: how many held-out photos spoke.
    """

    promise: Promise
    thresholds: Thresholds
    fitted: tuple[Fitted, ...]
    coverage: float
    wrong_tag_rate: float | None
    photos: int

    @property
    def is_kept(self) -> bool:
        """Whether every main class has a threshold that keeps the promise."""
        return all(group.threshold is not None for group in self.fitted)

    def as_dict(self) -> dict[str, Any]:
        """Return what a bundle keeps of it, JSON-ready."""
        return {
            "risk": self.promise.risk,
            "confidence": self.promise.confidence,
            "kept": self.is_kept,
            "mix": self.promise.mix.as_dict(),
            "per": self.promise.per,
            "by_main": dict(self.promise.by_main),
            "coverage": self.coverage,
            "wrong_tag_rate": self.wrong_tag_rate,
            "photos": self.photos,
            "classes": [
                {
                    "classes": list(group.classes), "threshold": group.threshold,
                    "wrong_tag_rate": group.wrong_tag_rate, "bound": group.bound,
                    "coverage": group.coverage,
                }
                for group in self.fitted
            ],
        }  # fmt: skip


def choose_by_promise(
    scores: Probabilities, truth: Truth, promise: Promise, base: Thresholds
) -> Promised:
    """Return the loosest thresholds that keep the promise.

    Args:
        scores, truth: held-out photos, none of which helped to make its own scores.
        promise: what to keep.
        base: its thresholds of main classes and of novelty stay. They must not have been chosen by
            which of these photos are tagged rightly.

    Main classes that cannot keep it get a threshold of 1, which tags nothing.

    Raises:
        ValueError: if a kind of the promise's mix has no photo.
    """
    answers = _Answers.of(scores, truth, base)
    _must_have_kinds(answers.photos, promise.mix)
    groups = _groups(answers, promise.per)
    alpha = (1 - promise.confidence) / len(groups)
    fitted = [_fit(answers, group, promise, alpha) for group in groups]
    sub = {
        name: NOTHING if group.threshold is None else group.threshold
        for group in fitted
        for main in group.classes
        for name in TAXONOMY[main]
    }
    tagged = answers.passing(sub)
    items = answers.photos.kind == ITEM
    return Promised(
        promise,
        replace(base, sub={name: sub[name] for name in SUBCLASSES}),
        tuple(fitted),
        coverage=float(tagged[items].mean()),
        wrong_tag_rate=wrong_tag_rate(answers.photos, tagged, promise.mix),
        photos=len(answers.photos),
    )


def coverage_of_risks(
    scores: Probabilities, truth: Truth, promise: Promise, base: Thresholds,
    risks: Iterable[float] = RISKS,
) -> list[Promised]:  # fmt: skip
    """Return what each risk would come to, for whoever has to choose one."""
    return [choose_by_promise(scores, truth, replace(promise, risk=risk), base) for risk in risks]


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a model would tag N photos with.

    Attributes:
        photos: kinds, products, and whether the best subclass is right.
        sub: index of the best subclass (N,).
        confidence: its score (N,); -1 where other rules keep the photo from any subclass tag.
    """

    photos: Photos
    sub: Ints
    confidence: Floats

    @classmethod
    def of(cls, scores: Probabilities, truth: Truth, base: Thresholds) -> "_Answers":
        main, sub = scores.main.argmax(axis=1), scores.sub.argmax(axis=1)
        needed = np.array([base.main[name] for name in MAIN_CLASSES])[main]
        may = (scores.main.max(axis=1) >= needed) & (scores.novelty <= base.novelty)
        may &= MAIN_OF_SUB[sub] == main
        kind = np.select([truth.items, truth.near], [ITEM, NEAR], OTHER)
        _, product = np.unique(truth.groups, return_inverse=True)
        return cls(
            Photos(kind, truth.items & (sub == truth.sub), product),
            sub,
            np.where(may, scores.sub.max(axis=1), -1.0),
        )

    def passing(self, thresholds: dict[str, float]) -> Bools:
        """Return which photos get a tag with these thresholds of subclasses."""
        needed = np.array([thresholds[name] for name in SUBCLASSES])[self.sub]
        return self.confidence >= needed


def _must_have_kinds(photos: Photos, mix: Mix) -> None:
    for kind, share, name in (
        (ITEM, mix.items, "items"), (NEAR, mix.near, "near photos"), (OTHER, mix.others, "others"),
    ):  # fmt: skip
        if share and not (photos.kind == kind).any():
            raise ValueError(
                f"A promise for a stream with {100 * share:.3g} % {name} needs held-out {name}; "
                "there are none. Name another mix, or hold out such photos too."
            )


def _groups(answers: _Answers, per: Per) -> list[tuple[str, ...]]:
    """Return the main classes that keep the promise together; small ones share a sequence.

    By the number of items alone, which says nothing of how right they are tagged.
    """
    if per == "all":
        return [MAIN_CLASSES]
    items = answers.photos.kind == ITEM
    counts = np.bincount(MAIN_OF_SUB[answers.sub[items]], minlength=len(MAIN_CLASSES))
    large = [(name,) for name, n in zip(MAIN_CLASSES, counts, strict=True) if n >= FEWEST_ITEMS]
    small = tuple(n for n, count in zip(MAIN_CLASSES, counts, strict=True) if count < FEWEST_ITEMS)
    groups: list[tuple[str, ...]] = [*large, small] if small else [*large]
    return groups


def _fit(answers: _Answers, classes: tuple[str, ...], promise: Promise, alpha: float) -> Fitted:
    """Walk along the sequence for some main classes' tags."""
    ours = np.isin(MAIN_OF_SUB[answers.sub], [MAIN_CLASSES.index(name) for name in classes])
    confidence = np.where(ours, answers.confidence, -1.0)

    kept: tuple[float, float] | None = None
    risk = promise.risk_of(classes)
    for threshold in SEQUENCE:
        tagged = confidence >= threshold
        if not _can_be_proven(answers.photos, tagged, promise.mix, risk, alpha):
            continue  # too strict: not even tags without a mistake would be proof
        bound = risk_bound(answers.photos, tagged, promise.mix, alpha)
        if bound > risk:
            break
        kept = (threshold, bound)
    items = ours & (answers.photos.kind == ITEM)
    if kept is None:
        return Fitted(classes, None, None, None, 0.0)
    tagged = confidence >= kept[0]
    return Fitted(
        classes, kept[0], wrong_tag_rate(answers.photos, tagged, promise.mix), kept[1],
        coverage=float(tagged[items].mean()) if items.any() else 0.0,
    )  # fmt: skip


def _can_be_proven(photos: Photos, tagged: Bools, mix: Mix, risk: float, alpha: float) -> bool:
    """Return whether so many items, all tagged rightly, would prove half the promised risk.

    This goes by how many items are tagged alone, so it may decide where a sequence starts.
    """
    return least_bound(photos, tagged, mix, alpha) <= risk / 2
