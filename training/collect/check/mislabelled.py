"""Probably wrong labels: confident learning (Northcutt et al. 2021) on frozen features.

A logistic regression on a frozen backbone's features judges each photo from four fifths of the
others, never from its own product; cleanlab then says which labels are more likely wrong than not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from cleanlab.filter import find_label_issues
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.collect.check.flaws import Finding, Flaw
from training.data.folder import Sample
from training.runtime.progress import Progress

FOLDS: Final = 5
REGULARISATION: Final = 0.01  # scikit-learn's C: 2,048 features, some thousand photos


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """What came of it.

    Attributes:
        findings: photos with a probably wrong label, the surest first.
        accuracy: how often the regression agreed with the label, 0 to 1; where it rarely does,
            its findings mean little.
    """

    findings: list[Finding]
    accuracy: float


def judgeable_labels(samples: Sequence[Sample]) -> tuple[list[str], list[str]]:
    """Return the labels with a product for every fold, and the others."""
    products = Counter(stratum for stratum, _ in {(s.stratum, s.group) for s in samples})
    labels = sorted(label for label, count in products.items() if count >= FOLDS)
    return labels, sorted(set(products) - set(labels))


def find_mislabelled(
    samples: Sequence[Sample], features: NDArray[np.float32], labels: Sequence[str]
) -> LabelCheck:
    """Return the photos whose label is probably wrong.

    Args:
        samples: the photos; photos of one product carry one group.
        features: (N, F), one row a photo.
        labels: those that are judged, two or more; see `judgeable_labels`.
    """
    rows = np.array([i for i, s in enumerate(samples) if s.stratum in labels])
    checked = [samples[i] for i in rows]
    truth = np.array([labels.index(sample.stratum) for sample in checked])
    groups = np.array([sample.group for sample in checked])
    probabilities = out_of_fold(features[rows], truth, groups, len(labels))
    issues = find_label_issues(
        truth, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1
    )
    findings = [_finding(checked[i], probabilities[i], labels) for i in issues]
    return LabelCheck(findings, float((probabilities.argmax(1) == truth).mean()))


def out_of_fold(
    features: NDArray[np.float32],
    truth: NDArray[np.intp],
    groups: NDArray[np.str_],
    classes: int,
) -> NDArray[np.float64]:
    """Return for each photo the probabilities (N, classes) by a model that never saw its group."""
    probabilities = np.zeros((len(truth), classes))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    with Progress("judging labels", len(truth)) as progress:
        for train, test in folds.split(features, truth, groups):
            model = make_pipeline(
                StandardScaler(), LogisticRegression(C=REGULARISATION, max_iter=1000, tol=1e-3)
            )
            model.fit(features[train], truth[train])
            probabilities[np.ix_(test, model.classes_)] = model.predict_proba(features[test])
            progress.advance(len(test))
    return probabilities


def _finding(sample: Sample, probabilities: NDArray[np.float64], labels: Sequence[str]) -> Finding:
    likely = int(probabilities.argmax())
    own, best = probabilities[labels.index(sample.stratum)], probabilities[likely]
    detail = (
        f"{labels[likely]} is likely ({100 * best:.0f} %), "
        f"{sample.stratum} is not ({100 * own:.0f} %)."
    )
    return Finding(sample, Flaw.MISLABELLED, detail, likely=labels[likely], confidence=float(best))
