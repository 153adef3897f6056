"""Which fault comes when, from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: the name of a method of `tests.chaos.faults.Faults`.
        after: how many photos must have been taken before it begins.
        seconds: how long it lasts, for what lasts.
    """

    kind: str
    after: int
    seconds: float


def make_schedule(
    *, seed: int, kinds: Sequence[str], faults: int, photos: int, longest: float
) -> list[Fault]:
    """Return so many faults, evenly spread over the uploads.

    Every kind comes before any comes again.

    Args:
        longest: seconds that a fault lasts at most.
    """
    rng = random.Random(seed)  # noqa: S311  # for a schedule, not for secrets
    deck: list[str] = []
    schedule = []
    for number in range(faults):
        if not deck:
            deck = sorted(kinds)
            rng.shuffle(deck)
        seconds = round(rng.uniform(0.3, 1.0) * longest, 1)
        schedule.append(Fault(deck.pop(), photos * number // faults, seconds))
    return schedule
