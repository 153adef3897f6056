"""The gate: whether a candidate may replace the champion, and why or why not.

Pure: labels and both models' answers on the same test photos go in, a verdict with its reasons
comes out. A candidate is promoted when all *musts* hold and at least one *gain* is reached.
"""

from collections.abc import Iterator
from typing import Final

from classifier.taxonomy import SUBCLASSES
from classifier.versions.gate_report import Criterion, GateReport
from training.evaluation.truth import Truth
from training.gate.criteria import better, guarded, missing, not_inferior
from training.gate.margins import Margins
from training.gate.paired_figures import Answers, Level, PairedFigures
from training.gate.words import summary_sentence

FEWEST_OF_A_SUBCLASS: Final = 5  # test photos: with fewer, no loss could be seen
FEWEST_OTHERS: Final = 10
LEVELS: Final[tuple[tuple[Level, str], ...]] = (("main", "main classes"), ("sub", "subclasses"))


def compare(
    photos: Truth, champion: Answers, candidate: Answers, margins: Margins | None = None
) -> GateReport:
    """Return the gate's verdict on a candidate.

    Args:
        photos: the labels of the test photos.
        champion, candidate: each model's answers, in the same order.
        margins: other margins than the stated ones.
    """
    figures = PairedFigures(photos, champion, candidate)
    musts, gains = tuple(_musts(figures, margins or Margins())), tuple(_gains(figures))
    promote = all(must.passed for must in musts) and any(gain.passed for gain in gains)
    return GateReport(promote, summary_sentence((*musts, *gains)), (*musts, *gains))


def _musts(figures: PairedFigures, margins: Margins) -> Iterator[Criterion]:
    yield not_inferior("overall accuracy", figures.share(figures.overall), margins.overall)
    yield guarded("main accuracy", figures.share(figures.main), margins.main)
    for index, name in enumerate(SUBCLASSES):
        count = int((figures.photos.sub == index).sum())
        if count < FEWEST_OF_A_SUBCLASS:
            yield missing(f"recall of {name}", count, FEWEST_OF_A_SUBCLASS)
        else:
            recall = figures.share(figures.recall(index))
            yield guarded(f"recall of {name}", recall, margins.subclass, photos=count)
    yield guarded("coverage", figures.share(figures.coverage), margins.coverage)
    wrong_tags = figures.share(figures.wrong_tags)
    yield guarded("wrong tags", wrong_tags, margins.wrong_tags, lower_is_better=True)
    if figures.photos.near.any():
        near_tagged = figures.share(figures.near_tagged)
        yield guarded("near photos tagged", near_tagged, margins.near, lower_is_better=True)
    others = int(figures.photos.others.sum())
    if others < FEWEST_OTHERS:
        yield missing("rejection of others", others, FEWEST_OTHERS)
    else:
        yield guarded("rejection of others", figures.share(figures.rejection), margins.rejection)
    for level, classes in LEVELS:
        name = f"overconfidence in {classes}"
        yield guarded(
            name, figures.overconfidence(level), margins.calibration, lower_is_better=True
        )


def _gains(figures: PairedFigures) -> Iterator[Criterion]:
    yield better("overall accuracy", figures.share(figures.overall))
    yield better("main accuracy", figures.share(figures.main))
    yield better("coverage", figures.share(figures.coverage))
    yield better("wrong tags", figures.share(figures.wrong_tags), lower_is_better=True)
    yield better("near photos tagged", figures.share(figures.near_tagged), lower_is_better=True)
    yield better("rejection of others", figures.share(figures.rejection))
