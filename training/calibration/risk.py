"""How wrong the subclass tags of a stream may be: bounds from held-out photos.

The share of wrong tags is a ratio. With w the shares of the stream (items i, near n, others o),

    wrong = w_i P(wrong tag | i) + w_n P(tag | n) + w_o P(tag | o)
    right = w_i P(right tag | i)
    risk  = wrong / (wrong + right),

since every subclass of a near photo and of what is none of ours is wrong. The risk rises with
``wrong`` and falls with ``right``. So an upper bound of the one and a lower bound of the other,
each missed with a part of the probability alpha, give a bound of the risk that is missed with
probability alpha at most (Bonferroni). ``right`` is one binomial rate (Clopper and Pearson 1934).
``wrong`` is a weighted sum of rates, as the directly standardised rates of epidemiology are, and so
is its bound: the gamma interval of Fay and Feuer (1997), which for equal weights is the exact one.
Held-out photos hold the kinds in other shares than the stream; that changes how wide a bound is,
not whether it holds.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, chdtri

from classifier.versions.stream import Mix

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
ITEM, NEAR, OTHER = 0, 1, 2  # kinds, as numbers
# Right tags are many and their bound is tight, so it needs little of alpha.
OF_RIGHT: Final = 0.1


@dataclass(frozen=True)
class Photos:
    """What is known of N held-out photos before any threshold.

    Attributes:
        kind: `ITEM`, `NEAR` or `OTHER` (N,).
        right: whether the best subclass is the true one (N,); never for near photos and others.
        product: number of its product (N,), from 0 on; photos of one product are not independent.
    """

    kind: Ints
    right: Bools
    product: Ints

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def of_kinds(self) -> list[tuple[Ints, Ints]]:
        """For items, near photos and others: which of the N these are, and their products."""
        rows = [np.flatnonzero(self.kind == kind) for kind in (ITEM, NEAR, OTHER)]
        return [(here, self.product[here]) for here in rows]


def lower_bound(hits: float, photos: float, alpha: float) -> float:
    """Return the rate at which so many hits have the probability ``alpha``.

    Exact for independent photos (Clopper and Pearson 1934, by the beta quantile). With an effective
    number of photos, which need not be whole, it is that of Korn and Graubard (1998).
    """
    if photos <= 0 or hits <= 0:
        return 0.0
    return float(betaincinv(hits, photos - hits + 1, alpha))


def weighted_upper_bound(hits: Floats, photos: Floats, shares: Floats, alpha: float) -> float:
    """Return a bound that a weighted sum of rates exceeds with probability ``alpha`` at most.

    Fay and Feuer (1997): hits are taken for Poisson, which is a little wider than binomial.

    Args:
        hits, photos: of each kind (K,); effective numbers need not be whole.
        shares: weight of each kind's rate (K,).
        alpha: 0 to 1.

    Returns:
        At most the sum of the shares, which it is where a kind with a share has no photo.
    """
    most = float(shares.sum())
    if (photos[shares > 0] <= 0).any():
        return most
    each = np.divide(shares, photos, out=np.zeros_like(shares), where=shares > 0)
    one_more = float(each.max())
    rate = float(each @ hits) + one_more
    variance = float(each**2 @ hits) + one_more**2
    quantile = chdtri(2 * rate**2 / variance, alpha)
    return min(most, float(variance / (2 * rate) * quantile))


def design_effect(hits: Bools, product: Ints) -> float:
    """Return how many photos of this sample say as much as one independent photo, at least 1.

    The variance of the mean over products by that over photos (Kish 1965). Where all photos or none
    are hits, the variance tells nothing; then photos of one product count as copies of each other.
    """
    if not len(hits):
        return 1.0
    sizes = np.bincount(product)
    rate = float(hits.mean())
    if rate in (0.0, 1.0):
        return max(1.0, float((sizes**2).sum() / len(hits)))
    sums = np.bincount(product, weights=hits - rate)
    independent = rate * (1 - rate) / len(hits)
    return max(1.0, float((sums**2).sum() / len(hits) ** 2 / independent))


def risk_bound(photos: Photos, tagged: Bools, mix: Mix, alpha: float) -> float:
    """Return what the share of wrong tags exceeds with probability ``alpha`` at most.

    Args:
        photos: held-out photos.
        tagged: which of them get a subclass tag (N,).
        mix: shares of the stream.
        alpha: 0 to 1.

    Returns:
        A share, 0 to 1; 1 where nothing is tagged.
    """
    return _bound(photos, tagged & ~photos.right, tagged & photos.right, mix, alpha)


def least_bound(photos: Photos, tagged: Bools, mix: Mix, alpha: float) -> float:
    """Return what `risk_bound` would be if items alone were tagged, each of them rightly."""
    return _bound(photos, np.zeros_like(tagged), tagged & (photos.kind == ITEM), mix, alpha)


def _bound(photos: Photos, wrong: Bools, right: Bools, mix: Mix, alpha: float) -> float:
    counts = np.array([_counts(wrong[rows], product) for rows, product in photos.of_kinds])
    shares = np.array([mix.items, mix.near, mix.others])
    most = weighted_upper_bound(counts[:, 0], counts[:, 1], shares, (1 - OF_RIGHT) * alpha)
    rows, product = photos.of_kinds[ITEM]
    least = mix.items * lower_bound(*_counts(right[rows], product), OF_RIGHT * alpha)
    return most / (most + least) if least else 1.0


def _counts(hits: Bools, product: Ints) -> tuple[float, float]:
    """Return how many photos of a kind are hits, and of how many: effective numbers."""
    effect = design_effect(hits, product)
    return float(hits.sum() / effect), float(len(hits) / effect)


def wrong_tag_rate(photos: Photos, tagged: Bools, mix: Mix) -> float | None:
    """Return the share of wrong tags among these photos, weighted as the stream; None if none."""
    weight = weights(photos.kind, mix)
    tags = float(weight[tagged].sum())
    return float(weight[tagged & ~photos.right].sum() / tags) if tags else None


def weights(kind: Ints, mix: Mix) -> Floats:
    """Return how much each photo counts (N,), so that each kind has its share of the stream."""
    counts = np.bincount(kind, minlength=3)
    each = np.array([mix.items, mix.near, mix.others]) / np.maximum(counts, 1)
    counted: Floats = each[kind]
    return counted
