"""How far moderators agree with each other."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from classifier.models import QueueItem, Review
from classifier.review.quality.agreement import Share, cohen_kappa, share


@dataclass(frozen=True, slots=True)
class Pair:
    """Two moderators who saw the same photos without knowing of each other's verdict."""

    one: str
    other: str
    photos: int
    agree: Share | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Moderator:
    """How often a moderator's verdict is the label the photo ended up with."""

    name: str
    settled: Share | None


def _label(row: dict[str, Any]) -> str:
    return f"{row['verdict']}:{row['main']}:{row['sub']}"


def _opinions() -> dict[int, list[dict[str, Any]]]:
    """Return every verdict on photos that several moderators reviewed, by photo."""
    reviewed_twice = Review.objects.verdicts().filter(round=2, photo__isnull=False)
    rows = Review.objects.verdicts().filter(photo__in=reviewed_twice.values("photo"))
    opinions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    fields = ("photo", "verdict", "main", "sub", "round", "is_final", "moderator__username")
    for row in rows.order_by("photo", "round").values(*fields):
        opinions[row["photo"]].append(row)
    return opinions


def pairs() -> list[Pair]:
    """Return the agreement of every two moderators, by name.

    Of first and second reviews alone: a third is asked for only where these two differ, so it
    would lower the agreement of everybody who gives or gets one.
    """
    both = ([row for row in rows if row["round"] < 3] for rows in _opinions().values())
    return _pairs(both)


def _pairs(opinions: Iterable[list[dict[str, Any]]]) -> list[Pair]:
    labels: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for rows in opinions:
        by_name = sorted(rows, key=lambda row: row["moderator__username"])
        for a, b in combinations(by_name, 2):
            names = (a["moderator__username"], b["moderator__username"])
            labels[names].append((_label(a), _label(b)))
    return [
        Pair(*names, len(both), share(sum(a == b for a, b in both), len(both)), cohen_kappa(both))
        for names, both in sorted(labels.items())
    ]


def moderators() -> list[Moderator]:
    """Return per moderator the share of verdicts that became the settled label, by name.

    Only photos that somebody else reviewed too count, and of those no third review, which is the
    settled label: a verdict always agrees with itself.
    """
    right: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for rows in _opinions().values():
        final = next((row for row in rows if row["is_final"]), None)
        # Waiting for a third opinion, nothing is settled.
        disputed = len(rows) == 2 and _label(rows[0]) != _label(rows[1])
        if final is None or disputed:
            continue
        for row in rows:
            if row["round"] < 3:
                count[row["moderator__username"]] += 1
                right[row["moderator__username"]] += _label(row) == _label(final)
    return [Moderator(name, share(right[name], count[name])) for name in sorted(count)]


def waiting_for_a_third() -> int:
    """Return how many photos two moderators disagree about."""
    return QueueItem.objects.filter(is_open=True, round=3).count()
