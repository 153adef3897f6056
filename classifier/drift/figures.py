"""The figures of a day's photos: how many fall into each bin of each figure. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from classifier.decision import Outcome
from classifier.taxonomy import SUBCLASSES, TAXONOMY, label_path

# Photos by figure and bin; not whole numbers where photos are weighted.
Counts = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class MeasuredPhoto:
    """What the figures need to know of a tagged photo.

    Attributes:
        outcome, main, sub: the decision.
        confidence: of the best main class, 0 to 1.
        novelty: 0 to 1.
        brightness: mean of the network's input, 0 to 1; None if it was not measured.
        long_side: of the stored picture, in pixels; None if it does not count.
    """

    outcome: str
    main: str | None
    sub: str | None
    confidence: float
    novelty: float
    brightness: float | None = None
    long_side: int | None = None

    @property
    def label(self) -> str:
        return label_path(self.main, self.sub) if self.main else Outcome.UNKNOWN.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and its bins.

    Attributes:
        name: as people read it.
        bins: names of the bins, if the figure is a class.
        edges: between the bins, ascending, if it is a number; a value at an edge is above it.
        unit: of the number.
        of: reads the value of a photo; None if the photo has none.
    """

    name: str
    of: Callable[[MeasuredPhoto], str | float | None]
    bins: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    unit: str = ""

    @property
    def size(self) -> int:
        """How many bins there are."""
        return len(self.bins) or len(self.edges) + 1

    def bin_of(self, photo: MeasuredPhoto) -> int | None:
        value = self.of(photo)
        if value is None:
            return None
        return self.bins.index(value) if isinstance(value, str) else bisect_right(self.edges, value)


# Main class and subclass of each label; of a main class alone no subclass.
CLASS_OF: Final[Mapping[str, tuple[str, str | None]]] = {
    label_path(main, sub): (main, sub) for main, subs in TAXONOMY.items() for sub in (None, *subs)
}
LABELS: Final = (*CLASS_OF, Outcome.UNKNOWN.value)
if len(CLASS_OF) != len(TAXONOMY) + len(SUBCLASSES) or Outcome.UNKNOWN.value in CLASS_OF:
    raise ImportError("Two labels of the taxonomy bear one name.")

# Scores crowd near 0 and 1, so the bins are narrow there.
FIGURES: Final[Mapping[str, Figure]] = {
    "outcome": Figure("outcomes", lambda photo: photo.outcome, bins=tuple(map(str, Outcome))),
    "label": Figure("classes", lambda photo: photo.label, bins=LABELS),
    "confidence": Figure(
        "confidence",
        lambda photo: photo.confidence,
        edges=(0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    ),
    "novelty": Figure(
        "novelty",
        lambda photo: photo.novelty,
        edges=(0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9),
    ),
    "brightness": Figure(
        "brightness",
        lambda photo: photo.brightness,
        edges=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    ),
    "size": Figure(
        "size",
        lambda photo: photo.long_side,
        edges=(320, 640, 960, 1280, 1600, 1920),
        unit=" pixels",
    ),
}


def count(photos: Iterable[tuple[MeasuredPhoto, float]]) -> Counts:
    """Return how many photos fall into each bin.

    Args:
        photos: each with its weight.
    """
    counts = nothing()
    for photo, weight in photos:
        count_one(counts, photo, weight)
    return counts


def count_one(counts: Counts, photo: MeasuredPhoto, weight: float = 1.0) -> None:
    """Add a photo to counts."""
    for key, figure in FIGURES.items():
        place = figure.bin_of(photo)
        if place is not None:
            counts[key][place] += weight


def add(several: Iterable[Counts]) -> Counts:
    """Return the sums of several days, bin by bin."""
    total = nothing()
    for counts in several:
        for key, bins in total.items():
            total[key] = [a + b for a, b in zip(bins, counts[key], strict=True)]
    return total


def nothing() -> dict[str, list[float]]:
    """Return empty bins for all figures."""
    return {key: [0.0] * figure.size for key, figure in FIGURES.items()}
