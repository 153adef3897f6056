"""What becomes of 1,000 photos of the stream, everything counted (said by `versions.stream`).

Figures of items alone flatter: they leave out what is tagged though nothing should be. Here each
kind of photo counts by its share of the stream, whatever the test photos hold.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.decision import Decision, Outcome
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from classifier.versions.stream import ENDS, KINDS, Mix
from training.evaluation.scoring import Floats, Truth
from training.evaluation.statistics.bootstrap import draw_products, middle

OF_1000: Final = 1000
Bools = NDArray[np.bool_]


def stream_figures(made: Sequence[Decision], truth: Truth, mix: Mix) -> dict[str, Any] | None:
    """Return what becomes of 1,000 photos, JSON-ready; None without items.

    A photo ends in one of `ENDS`, as `classifier.versions.stream.end_of` says. Where a kind of the
    mix has no photo, the others take its share.

    Args:
        made: the decision on each of N photos.
        truth: what is true of them.
        mix: shares of the stream.

    Returns:
        ``mix``; ``per_1000`` with the number of photos and the 95 % interval of each end, and of
        ``wrong_others``; ``wrong_tags`` and ``wrong_tags_95``: the share of wrong ones among all
        subclass tags of the stream; ``tagged`` and ``tagged_95``: of all photos, those that get a
        subclass tag. Intervals draw products.
    """
    if not truth.items.any():
        return None
    kinds = {kind: getattr(truth, kind) for kind in KINDS if mix.of(kind)}
    present = sum(mix.of(kind) for kind, rows in kinds.items() if rows.any())
    shares = {kind: mix.of(kind) / present for kind, rows in kinds.items() if rows.any()}
    columns = _columns(made, truth)
    rates = _Rates(truth, shares, columns)
    counts = dict(zip(ENDS, _whole([rates.values[name] for name in ENDS]), strict=True))
    counts["wrong_others"] = min(counts["wrong"], round(OF_1000 * rates.values["wrong_others"]))
    return {
        "mix": {kind: shares.get(kind, 0.0) for kind in KINDS},
        "per_1000": {
            name: {"photos": counts[name], "interval": middle(OF_1000 * rates.draws[name])}
            for name in (*ENDS, "wrong_others")
        },
        **rates.ratio("wrong_tags", "wrong_tag", "tag"),
        "tagged": rates.values["tag"],
        "tagged_95": middle(rates.draws["tag"]),
    }


def _columns(made: Sequence[Decision], truth: Truth) -> dict[str, Bools]:
    """Return, for everything that is counted, of which photos it is true (N,)."""
    tag = np.array([d.outcome is Outcome.SUBCLASS for d in made], dtype=bool)
    unknown = np.array([d.outcome is Outcome.UNKNOWN for d in made], dtype=bool)
    sub = np.array([SUBCLASSES.index(d.sub) if d.sub else -1 for d in made])
    main = np.array([MAIN_CLASSES.index(d.main) if d.main else -1 for d in made])
    right_tag = tag & truth.items & (sub == truth.sub)
    right_main = ~tag & ~unknown & (truth.main >= 0) & (main == truth.main)
    wrong = ~unknown & ~right_tag & ~right_main
    return {
        "right_subclass": right_tag, "right_main_class": right_main, "wrong": wrong,
        "unknown": unknown, "wrong_others": wrong & truth.others,
        "tag": tag, "wrong_tag": tag & ~right_tag,
    }  # fmt: skip


class _Rates:
    """The share of the stream of which each column is true: found, and drawn again by products."""

    def __init__(self, truth: Truth, shares: dict[str, float], columns: dict[str, Bools]) -> None:
        product, draws = draw_products(truth.groups)
        self.values: dict[str, float] = dict.fromkeys(columns, 0.0)
        self.draws: dict[str, Floats] = {name: np.zeros(len(draws)) for name in columns}
        for kind, share in shares.items():
            rows = getattr(truth, kind)
            counted = {name: rows & column for name, column in columns.items()}
            of_product = [
                np.bincount(product, weights=photos) for photos in (rows, *counted.values())
            ]
            sizes, *hits = (draws @ np.stack(of_product, axis=1)).T
            for name, drawn in zip(columns, hits, strict=True):
                self.values[name] += share * float(counted[name].sum() / rows.sum())
                # A draw without a photo of this kind says nothing of it.
                rate = np.divide(drawn, sizes, out=np.full(len(draws), np.nan), where=sizes > 0)
                self.draws[name] += share * rate

    def ratio(self, name: str, part: str, whole: str) -> dict[str, Any]:
        """Return one column as a share of another, with its interval."""
        of = self.draws[whole]
        draws = np.divide(self.draws[part], of, out=np.full(len(of), np.nan), where=of > 0)
        value = self.values[part] / self.values[whole] if self.values[whole] else None
        return {name: value, f"{name}_95": middle(draws)}


def _whole(shares: list[float]) -> list[int]:
    """Return whole numbers of 1,000 that add up to it: the largest remainders are rounded up."""
    exact = OF_1000 * np.array(shares)
    counts = np.floor(exact + 1e-9).astype(int)
    for index in np.argsort(counts - exact, kind="stable")[: OF_1000 - counts.sum()]:
        counts[index] += 1
    return [int(count) for count in counts]
