"""Whether a candidate names reviewed photos as the moderators did: a guard against mixed-up labels.

Where labels are wrong every tag looks dear, so a candidate that learned nothing can look cheaper by
tagging less. But what nobody can learn nobody agrees with.
"""

from typing import Final

import numpy as np
from sklearn.metrics import cohen_kappa_score

from classifier.versions.gate_report import Criterion
from training.evaluation.truth import Truth
from training.gate.answers import Answers, Bools

FEWEST_REVIEWED: Final = 10  # items: with fewer, chance alone agrees or does not
# Up to here agreement is "slight" (Landis & Koch 1977).
SLIGHT: Final = 0.2
# Labels of one class cannot be mixed up among themselves, and kappa says nothing of them.
ONE_CLASS: Final = 2 / 3


def agreement_with_reviews(
    photos: Truth, champion: Answers, candidate: Answers, reviewed: Bools
) -> Criterion | None:
    """Return whether the candidate agrees with the reviews beyond chance.

    It does if Cohen's kappa of its best subclasses and the labels is above `SLIGHT`.

    Args:
        photos: the labels of the test photos.
        champion, candidate: each model's answers, in the same order.
        reviewed: which labels are reviews, bool (N,).

    Returns:
        A must; None where too few items are reviewed, or nearly all of them are of one class.
    """
    rows = reviewed & photos.items
    labels = photos.sub[rows]
    if len(labels) < FEWEST_REVIEWED or np.bincount(labels).max() > ONE_CLASS * len(labels):
        return None
    before, after = (int((model.sub[rows] == labels).sum()) for model in (champion, candidate))
    passed = float(cohen_kappa_score(labels, candidate.sub[rows])) > SLIGHT
    sentence = (
        f"Of {len(labels)} reviewed test items the candidate names {after} as the moderators did, "
        f"and the champion {before}."
    )
    reason = ""
    if not passed:
        sentence += (
            " Chance would agree about as often: look whether the labels of the reviews were mixed "
            "up."
        )
        reason = (
            f"{after} of {len(labels)} reviewed items are named as the moderators named them, "
            "about as many as by chance"
        )
    return Criterion(
        name="agreement with reviews",
        kind="must",
        champion=before / len(labels),
        candidate=after / len(labels),
        difference=(after - before) / len(labels),
        interval=None,
        p_value=None,
        bound=f"beyond chance: Cohen's kappa above {SLIGHT:g}",
        passed=passed,
        sentence=sentence,
        reason=reason,
    )
