"""AUROC and false positives at 95 % of the items kept, and what chance could explain of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.folder import Kind, Sample
from training.evaluation.statistics.bootstrap import (
    RESAMPLES,
    Counts,
    Interval,
    draw_products,
    middle,
)
from training.evaluation.statistics.intervals import AT_ONCE, novelty_figures

Floats = NDArray[np.float64]
Draws = tuple[Floats, Floats]  # AUROC and FPR of each draw of products


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its interval, and how it differs from the reference, interval likewise.

    The reference itself has no difference.
    """

    value: float
    interval: Interval
    difference: float | None = None
    difference_interval: Interval = None

    @property
    def differs(self) -> bool:
        """Whether the interval of the difference excludes zero."""
        interval = self.difference_interval
        return interval is not None and (interval[0] > 0 or interval[1] < 0)


@dataclass(frozen=True, slots=True)
class Line:
    """What a detector is worth on one kind of photo."""

    auroc: Figure
    fpr: Figure

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return asdict(self)


def lines(
    scores: Mapping[str, Floats], samples: Sequence[Sample], kind: Kind, reference: str
) -> dict[str, Line]:
    """Return each detector's figures where items are to be told from one kind of photo.

    Args:
        scores: of each of N photos (N,), larger for what is less like an item; nan where a photo
            was not judged, by all detectors alike.
        samples: what the N photos show.
        kind: others, which are far, or near photos.
        reference: the detector that the others are compared with.
    """
    is_scored = ~np.isnan(scores[reference])
    kinds = np.array([sample.kind for sample in samples])
    rows = is_scored & ((kinds == Kind.ITEM) | (kinds == kind))
    outside = kinds[rows] == kind
    product, drawn = draw_products(np.array([sample.group for sample in samples])[rows])
    once = np.ones((1, len(outside)))
    measured = {
        name: novelty_figures(values[rows], outside, once) for name, values in scores.items()
    }
    draws = {name: _draws(values[rows], outside, product, drawn) for name, values in scores.items()}
    return {
        name: Line(*(_figure(measured, draws, name, reference, which) for which in (0, 1)))
        for name in scores
    }


def _draws(
    values: Floats, outside: NDArray[np.bool_], product: NDArray[np.intp], drawn: Counts
) -> Draws:
    """Return the figures of each draw; some draws at a time, photo by photo they are large."""
    parts = [
        novelty_figures(values, outside, drawn[start : start + AT_ONCE, product])
        for start in range(0, RESAMPLES, AT_ONCE)
    ]
    areas, rates = (np.concatenate(column) for column in zip(*parts, strict=True))
    return areas, rates


def _figure(
    measured: Mapping[str, Draws],
    draws: Mapping[str, Draws],
    name: str,
    reference: str,
    which: int,
) -> Figure:
    value, drawn = float(measured[name][which][0]), draws[name][which]
    if name == reference:
        return Figure(value, middle(drawn))
    difference = value - float(measured[reference][which][0])
    return Figure(value, middle(drawn), difference, middle(drawn - draws[reference][which]))
