"""What a model costs: reviews per 1,000 photos of the stream.

A photo that is tagged rightly costs nothing. One that falls back to its main class or to unknown
costs the review that settles it. One that gets a wrong name costs as many reviews as a wrong tag is
said to be worth. Kinds of photos count by their share of the stream, whatever the test photos hold.
"""

from typing import Final

import numpy as np

from classifier.versions.stream import KINDS, Mix
from training.evaluation.statistics.paired import Difference, Draws
from training.evaluation.truth import Truth
from training.gate.answers import Answers, Floats

OF_1000: Final = 1000


def costs(photos: Truth, answers: Answers, wrong_tag: float) -> Floats:
    """Return the cost of each decision in reviews (N,).

    Wrong is what `training.evaluation.stream` counts as wrong: any wrong name, thus any subclass of
    a near photo and any name of what is none of ours.
    """
    tagged = answers.tag >= 0
    right = tagged & (answers.tag == photos.sub)
    right_main = ~tagged & ~answers.unknown & (answers.main == photos.main)
    wrong = ~answers.unknown & ~right & ~right_main
    return np.select([wrong, right], [wrong_tag, 0.0], default=1.0)


def with_no_more_tags(champion: Answers, cost: Floats, candidate: Answers) -> Floats:
    """Return the champion's costs if it left out as many tags at random as the candidate (N,).

    Where more than a tenth of the tags count as wrong, because the labels are, no tag pays at a
    cost of ten, and a model looks cheaper that does no more than tag less. Beside this, it is not.
    """
    tagged = champion.tag >= 0
    kept = min(1.0, float((candidate.tag >= 0).sum()) / max(1, int(tagged.sum())))
    return np.where(tagged, kept * cost + (1 - kept), cost)


def mean_cost(photos: Truth, cost: Floats, mix: Mix) -> float:
    """Return reviews per 1,000 photos of the stream; NaN where the mix has no photo here.

    Where a kind of the mix has no photo, the others take its share.
    """
    kinds = [(mix.of(kind), getattr(photos, kind)) for kind in KINDS]
    present = [(share, cost[rows].mean()) for share, rows in kinds if share and rows.any()]
    total = sum(share for share, _ in present)
    return OF_1000 * sum(share * mean for share, mean in present) / total if total else np.nan


def cost_difference(
    photos: Truth, champion: Floats, candidate: Floats, mix: Mix, draws: Draws
) -> Difference | None:
    """Return how two models' reviews per 1,000 photos differ; None without items.

    Where a kind of the mix has no photo, the others take its share.
    """
    if not photos.items.any():
        return None
    kinds = [(mix.of(kind), getattr(photos, kind)) for kind in KINDS]
    kinds = [(share, rows) for share, rows in kinds if share and rows.any()]
    present = sum(share for share, _ in kinds)
    weights = [OF_1000 * share / present for share, _ in kinds]

    def per_1000(cost: Floats) -> float:
        pairs = zip(weights, kinds, strict=True)
        return float(sum(weight * cost[rows].mean() for weight, (_, rows) in pairs))

    def difference(*sums: Floats) -> Floats:
        change = np.zeros(len(sums[0]))
        for number, weight in enumerate(weights):
            more, of = sums[2 * number : 2 * number + 2]
            change += weight * more / of
        return change

    more = candidate - champion
    columns = [column for _, rows in kinds for column in (np.where(rows, more, 0.0), rows)]
    before, after = per_1000(champion), per_1000(candidate)
    low, high = draws.bounds(columns, difference, after - before)
    return Difference(before, after, low, high)
