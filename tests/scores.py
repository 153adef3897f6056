"""Scores as a network gives them."""

from classifier.decision import Scores
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES


def some_scores(
    main: str = "Bags",
    main_confidence: float = 0.9,
    sub: str = "Tote Bags",
    sub_confidence: float = 0.9,
    novelty: float = 0.1,
) -> Scores:
    """Return scores in which these two classes are the best; the rest is shared by the others."""

    def spread(labels: tuple[str, ...], best: str, confidence: float) -> dict[str, float]:
        rest = (1 - confidence) / (len(labels) - 1)
        return {label: confidence if label == best else rest for label in labels}

    return Scores(
        main=spread(MAIN_CLASSES, main, main_confidence),
        sub=spread(SUBCLASSES, sub, sub_confidence),
        novelty=novelty,
    )
