"""Small charts as lists of rectangles; templates draw them as SVG, without any script."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from classifier.review.quality.agreement import Share
from classifier.review.quality.dashboard import Day

WIDTH: Final = 600.0
HEIGHT: Final = 120.0
FULL_WIDTH_FROM: Final = 20
KINDS: Final = {
    "subclass": gettext_noop("subclass"),
    "main_class": gettext_noop("main class"),
    "unknown": gettext_noop("unknown"),
}


class Rectangle(NamedTuple):
    """One bar, in the chart's own units; ``kind`` chooses its colour, ``words`` is its tooltip."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str


def stacked_days(days: Sequence[Day]) -> list[Rectangle]:
    """Return a column a day, its outcomes one above the other, the confident ones lowest."""
    highest = max((day.total for day in days), default=0)
    if not highest:
        return []
    step = WIDTH / len(days)
    bars = []
    for number, day in enumerate(days):
        y = HEIGHT
        for kind, name in KINDS.items():
            count = getattr(day, kind)
            height = HEIGHT * count / highest
            y -= height
            if count:
                words = f"{date_format(day.day, 'MONTH_DAY_FORMAT')}: {count} {_(name)}"
                bars.append(
                    Rectangle(
                        round(number * step, 2),
                        round(y, 2),
                        round(step * 0.8, 2),
                        round(height, 2),
                        kind,
                        words,
                    )
                )
    return bars


class HorizontalBar(NamedTuple):
    """One horizontal bar, 0 to 100, with its 95 % interval where it has one."""

    label: str
    words: str
    width: float
    low: float | None = None
    high: float | None = None

    @property
    def span(self) -> float:
        """Return how wide the interval is."""
        return (self.high or 0) - (self.low or 0)


def share_rows(shares: Sequence[tuple[str, Share]]) -> list[HorizontalBar]:
    """Return a bar for every share, with its interval as a line."""
    return [
        HorizontalBar(label, in_words(share), share.value * 100, share.low * 100, share.high * 100)
        for label, share in shares
    ]


def count_rows(counts: Sequence[tuple[str, int]]) -> list[HorizontalBar]:
    """Return a bar for every count; the largest has full width from `FULL_WIDTH_FROM` on.

    So one review is not drawn like a thousand.
    """
    most = max((count for _, count in counts), default=0) and max(
        FULL_WIDTH_FROM, *(count for _, count in counts)
    )
    return (
        [HorizontalBar(label, str(count), 100 * count / most) for label, count in counts]
        if most
        else []
    )


def in_words(share: Share) -> str:
    """Return a share with its interval: ``97.5 % (94.3–98.9, n = 200)``."""
    value, low, high = (number_format(round(each * 100, 1), 1) for each in share[:3])
    return f"{value} % ({low}–{high}, n = {share.of})"
