"""What a shadow says of the candidate: agreement and cost, with what chance could explain. Pure.

Where both decide alike both cost the same, so only the photos on which they differ tell them apart.
All of these go to the moderators; those that were reviewed so far stand for the rest.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from classifier.decision import Outcome
from classifier.versions.stream import cost_of, end_of

OF_1000: Final = 1000
DRAWS: Final = 1000
SEED: Final = 2027
# Each end of a two-sided 90 % interval is a one-sided bound of 95 %, as in the gate.
ONE_SIDED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision: an outcome, and the classes it names."""

    outcome: str
    main: str | None
    sub: str | None


@dataclass(frozen=True, slots=True)
class ComparedPhoto:
    """A photo that both models decided.

    Attributes:
        day: on which.
        listing: of one listing photos are not independent.
        champion, candidate: what each answered.
        reviewed: whether a moderator settled it.
        truth: main class and subclass by the verdict; None where nobody can tell, which is also so
            of a bad photo.
        weight: of the compared photos, how many this reviewed one stands for.
    """

    day: date
    listing: int
    champion: Answer
    candidate: Answer
    reviewed: bool = False
    truth: tuple[str | None, str | None] | None = None
    weight: float = 1.0

    @property
    def differs(self) -> bool:
        return self.champion != self.candidate

    def cost(self, answer: Answer, wrong_tag: float) -> float:
        """Return what a decision costs; nothing where nobody can tell what is true."""
        if self.truth is None:
            return 0.0
        return cost_of(end_of(answer.outcome, answer.main, answer.sub, *self.truth), wrong_tag)

    def dearer_by(self, wrong_tag: float) -> float:
        """Return how much more the candidate's decision costs than the champion's."""
        return self.cost(self.candidate, wrong_tag) - self.cost(self.champion, wrong_tag)

    def is_right(self, answer: Answer) -> bool:
        """Return whether a decision is as good as it can be."""
        if self.truth is None:
            return False
        main, sub = self.truth
        best = Outcome.SUBCLASS if sub else Outcome.MAIN_CLASS if main else Outcome.UNKNOWN
        return answer.outcome == best and (answer.main, answer.sub) == self.truth


@dataclass(frozen=True, slots=True)
class CostDifference:
    """How many reviews per 1,000 photos the candidate costs more; each end a bound of 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """What some compared photos say.

    Attributes:
        photos, different, reviewed: how many were compared, of these were decided differently, of
            these were reviewed.
        cost: None while no photo that differs was reviewed, unless none differs.
    """

    photos: int
    different: int
    reviewed: int
    cost: CostDifference | None

    @property
    def agreement(self) -> float | None:
        """Share of photos that both decide alike, 0 to 1; None without photos."""
        return 1 - self.different / self.photos if self.photos else None


def compare(photos: Sequence[ComparedPhoto], wrong_tag: float) -> Compared:
    """Return agreement and cost over these photos.

    Args:
        wrong_tag: reviews that a wrong tag is worth.
    """
    different = [photo for photo in photos if photo.differs]
    reviewed = [photo for photo in different if photo.reviewed]
    cost = _cost_difference(len(photos), len(different), reviewed, wrong_tag)
    return Compared(len(photos), len(different), len(reviewed), cost)


def _cost_difference(
    photos: int, different: int, reviewed: Sequence[ComparedPhoto], wrong_tag: float
) -> CostDifference | None:
    """Return the difference with its interval, by a Poisson bootstrap over listings.

    Each listing is drawn a number of times that is Poisson with mean 1 (Chamandy, Muralidharan,
    Najmi and Naidu 2012), so that those without a difference need not be drawn.
    """
    if not photos:
        return None
    if not different:
        return CostDifference(0.0, 0.0, 0.0)
    if not reviewed:
        return None
    scale = OF_1000 / photos * different / len(reviewed)
    by_listing: dict[int, float] = defaultdict(float)
    for photo in reviewed:
        by_listing[photo.listing] += scale * photo.dearer_by(wrong_tag)
    draw = random.Random(SEED)  # noqa: S311  # chance for an interval, not for secrets
    drawn = sorted(
        sum(_poisson(draw) * value for value in by_listing.values()) for _ in range(DRAWS)
    )
    edge = round(ONE_SIDED * DRAWS)
    return CostDifference(sum(by_listing.values()), drawn[edge], drawn[-edge - 1])


def _poisson(draw: random.Random) -> int:
    """Return a number of the Poisson distribution with mean 1 (Knuth's way)."""
    product, count = draw.random(), 0
    while product > math.exp(-1):
        product *= draw.random()
        count += 1
    return count


def by_day(
    photos: Iterable[ComparedPhoto], wrong_tag: float
) -> list[tuple[date, Compared, Compared]]:
    """Return each day's figures, and those of all photos up to its end; the last day first."""
    days: Mapping[date, list[ComparedPhoto]] = defaultdict(list)
    for photo in photos:
        days[photo.day].append(photo)
    so_far: list[ComparedPhoto] = []
    rows = []
    for day in sorted(days):
        so_far.extend(days[day])
        rows.append((day, compare(days[day], wrong_tag), compare(so_far, wrong_tag)))
    return rows[::-1]
