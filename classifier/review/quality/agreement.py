"""Formulas: Cohen's kappa, and shares with their confidence intervals."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Z_95 = 1.959964


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa (Cohen, 1960) of two people's labels of the same photos.

    kappa = (p_o - p_e) / (1 - p_e), with p_o the share of equal labels and p_e the share to be
    expected by chance from how often each of them uses each label. 1 is perfect, 0 is chance;
    None without photos, or when both only ever used one label.
    """
    count = len(pairs)
    if not count:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / count
    expected = sum(first[label] * second[label] for label in first) / count**2
    if math.isclose(expected, 1.0):
        return None
    return (observed - expected) / (1 - expected)


class Share(NamedTuple):
    """A share with its 95 % interval, and the number of photos it is of."""

    value: float
    low: float
    high: float
    of: int


def share(successes: int, count: int) -> Share | None:
    """Return a share with its 95 % interval (Wilson, 1927), which holds for small counts too."""
    return _wilson(successes / count, count, count) if count else None


def weighted_share(groups: Iterable[tuple[int, int, float]]) -> Share | None:
    """Return a share over photos sampled with different probabilities, with its 95 % interval.

    A photo sampled with probability p stands for 1/p photos (Hájek, 1971). The interval is
    Wilson's for the effective count, (sum of w)^2 / sum of w^2 (Kish, 1965). Where all were
    sampled with the same probability it is `share`.

    Args:
        groups: successes, count and sampling probability (above 0, at most 1) of each sample.
    """
    rows = [
        (successes, count, 1 / probability) for successes, count, probability in groups if count
    ]
    if not rows:
        return None
    total = sum(count * weight for _, count, weight in rows)
    value = sum(successes * weight for successes, _, weight in rows) / total
    effective = total**2 / sum(count * weight**2 for _, count, weight in rows)
    return _wilson(value, effective, sum(count for _, count, _ in rows))


def _wilson(p: float, n: float, of: int) -> Share:
    z2 = Z_95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n**2))
    return Share(p, max(0.0, middle - half), min(1.0, middle + half), of)
