"""What other thresholds would come to: pure functions over scores that are known already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from classifier.decision import Decision, Outcome, Scores, Thresholds, decide
from classifier.taxonomy import TAXONOMY
from classifier.thresholds.held_out import HeldOutPhoto
from classifier.versions.stream import ENDS, KINDS, Mix, cost_of, end_of, kind_of

OF_1000: Final = 1000
NOTHING: Final = 1.0  # a threshold of subclasses that tags nothing


@dataclass(frozen=True, slots=True)
class Consequences:
    """What becomes of 1,000 photos of the stream.

    Attributes:
        ends: photos by `classifier.versions.stream.ENDS`.
        tagged: those that get a subclass tag.
        wrong_tags: share of wrong ones among these; None where nothing is tagged.
        cost: in reviews.
    """

    ends: Mapping[str, float]
    tagged: float
    wrong_tags: float | None
    cost: float

    @property
    def to_the_queue(self) -> float:
        """Photos that moderators get: all that have no subclass tag."""
        return OF_1000 - self.tagged


def consequences(
    photos: Sequence[HeldOutPhoto], thresholds: Thresholds, mix: Mix, wrong_tag: float
) -> Consequences:
    """Return what becomes of 1,000 photos, each kind with its share of the stream.

    Where a kind of the mix has no photo, the others take its share.

    Args:
        wrong_tag: reviews that a wrong tag is worth.
    """
    counts = {kind: sum(kind_of(p.main, p.sub) == kind for p in photos) for kind in KINDS}
    present = sum(mix.of(kind) for kind in KINDS if counts[kind])
    ends, tagged, wrongly = dict.fromkeys(ENDS, 0.0), 0.0, 0.0
    for photo in photos:
        kind = kind_of(photo.main, photo.sub)
        weight = OF_1000 * mix.of(kind) / present / counts[kind]
        made = decide(photo.scores, thresholds)
        end = end_of(made.outcome, made.main, made.sub, photo.main, photo.sub)
        ends[end] += weight
        if made.outcome is Outcome.SUBCLASS:
            tagged += weight
            wrongly += weight * (end == "wrong")
    cost = sum(number * cost_of(end, wrong_tag) for end, number in ends.items())
    return Consequences(ends, tagged, wrongly / tagged if tagged else None, cost)


@dataclass(frozen=True, slots=True)
class Change:
    """A photo whose decision would be another.

    Attributes:
        photo: whatever the caller named it by.
    """

    photo: Any
    before: Decision
    after: Decision


def changes(
    scored: Iterable[tuple[Any, Scores]], before: Thresholds, after: Thresholds
) -> list[Change]:
    """Return the photos whose decision would be another, in order.

    Args:
        scored: photos, named in any way, and their scores.
    """
    both = ((photo, decide(scores, before), decide(scores, after)) for photo, scores in scored)
    return [
        Change(photo, old, new)
        for photo, old, new in both
        if (old.outcome, old.main, old.sub) != (new.outcome, new.main, new.sub)
    ]


def thresholds_for(
    base: Thresholds, groups: Sequence[Mapping[str, Any]], risks: Mapping[str, float]
) -> Thresholds:
    """Return the thresholds that keep these promises.

    Args:
        base: its thresholds of main classes and of novelty stay.
        groups: of main classes that keep a promise together, each with ``classes`` and ``rows`` of
            ``risk`` and ``threshold`` (a `TrainerJob` of the kind "promises" has them).
        risks: of each group, by the name of its first main class.

    Raises:
        ValueError: if a risk is none of the table's.
    """
    sub: dict[str, float] = {}
    for group in groups:
        risk = risks[group["classes"][0]]
        row = next((row for row in group["rows"] if abs(row["risk"] - risk) < 1e-9), None)
        if row is None:
            raise ValueError(f"{100 * risk:g} % is none of the promises that were worked out.")
        threshold = NOTHING if row["threshold"] is None else row["threshold"]
        sub |= {name: threshold for main in group["classes"] for name in TAXONOMY[main]}
    return Thresholds(main=base.main, sub=sub, novelty=base.novelty)
