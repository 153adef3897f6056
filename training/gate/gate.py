"""The gate: whether a candidate may replace the champion, and why or why not.

Pure: labels and both models' answers on the same test photos go in, a verdict with its reasons
comes out. A candidate is promoted when all *musts* hold (it is not dearer, and no guard breaks) and
at least one *gain* is reached (it is cheaper for certain, or better in a named figure).
"""

from collections.abc import Iterator
from typing import Final

from classifier.taxonomy import SUBCLASSES
from classifier.versions.gate_report import Criterion, GateReport
from training.evaluation.statistics.paired import Difference
from training.evaluation.truth import Truth
from training.gate.agreement import agreement_with_reviews
from training.gate.answers import Answers, Bools
from training.gate.criteria import (
    as_cheap,
    better,
    cheaper,
    guarded,
    kept_coverage,
    kept_recall,
    missing,
)
from training.gate.paired_figures import Level, PairedFigures
from training.gate.rules import GateRules
from training.gate.words import summary_sentence

FEWEST_OF_A_SUBCLASS: Final = 5  # test photos: with fewer, no loss could be seen
FEWEST_OTHERS: Final = 10
LEVELS: Final[tuple[tuple[Level, str], ...]] = (("main", "main classes"), ("sub", "subclasses"))


def compare(
    photos: Truth,
    champion: Answers,
    candidate: Answers,
    rules: GateRules | None = None,
    reviewed: Bools | None = None,
) -> GateReport:
    """Return the gate's verdict on a candidate.

    Args:
        photos: the labels of the test photos.
        champion, candidate: each model's answers, in the same order.
        rules: other rules than the stated ones.
        reviewed: which labels are reviews, bool (N,); None if none is.
    """
    rules = rules or GateRules()
    figures = PairedFigures(photos, champion, candidate)
    cost = figures.cost(rules)
    gain = cheaper(cost, figures.cost(rules, same_tags=True))
    musts, gains = tuple(_musts(figures, cost, rules)), (gain, *_gains(figures))
    if reviewed is not None:
        agreement = agreement_with_reviews(photos, champion, candidate, reviewed)
        musts = (*musts, *([agreement] if agreement else []))
    promote = all(must.passed for must in musts) and any(one.passed for one in gains)
    return GateReport(promote, summary_sentence((*musts, *gains)), (*musts, *gains))


def _musts(
    figures: PairedFigures, cost: Difference | None, rules: GateRules
) -> Iterator[Criterion]:
    yield as_cheap(cost, rules.cost)
    for index, name in enumerate(SUBCLASSES):
        count = int((figures.photos.sub == index).sum())
        if count < FEWEST_OF_A_SUBCLASS:
            yield missing(f"recall of {name}", count, FEWEST_OF_A_SUBCLASS)
        else:
            recall = figures.share(figures.recall(index))
            yield kept_recall(f"recall of {name}", recall, rules.recall, count)
    yield kept_coverage(figures.share(figures.coverage), rules.coverage)
    others = int(figures.photos.others.sum())
    if others < FEWEST_OTHERS:
        yield missing("rejection of others", others, FEWEST_OTHERS)
    else:
        yield guarded("rejection of others", figures.share(figures.rejection), rules.rejection)
    for level, classes in LEVELS:
        name, difference = f"overconfidence in {classes}", figures.overconfidence(level)
        yield guarded(name, difference, rules.overconfidence, lower_is_better=True)


def _gains(figures: PairedFigures) -> Iterator[Criterion]:
    yield better("overall accuracy", figures.share(figures.overall))
    yield better("main accuracy", figures.share(figures.main))
    yield better("coverage", figures.share(figures.coverage))
    yield better("wrong tags", figures.share(figures.wrong_tags), lower_is_better=True)
    yield better("near photos tagged", figures.share(figures.near_tagged), lower_is_better=True)
    yield better("rejection of others", figures.share(figures.rejection))
