"""Figures on what was left out, for each turn and for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.decision import Decision, Outcome, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES
from classifier.versions.stream import Mix
from training.evaluation.scoring import Probabilities, Truth
from training.evaluation.statistics.bootstrap import share_interval
from training.evaluation.stream import stream_figures

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Turn:
    """Photos that one training left out, and the decisions on them.

    Attributes:
        name: of what was left out; of several turns together, what they are.
        scores, truth: of the photos.
        decisions: with thresholds that none of them chose.
        is_kept: whether a promise could be proven on the other turns' photos; else the thresholds
            are those chosen for coverage.
    """

    name: str
    scores: Probabilities
    truth: Truth
    decisions: list[Decision]
    is_kept: bool

    @classmethod
    def of(
        cls, name: str, scores: Probabilities, truth: Truth, thresholds: Thresholds, *, kept: bool
    ) -> "Turn":
        """Return a turn with these thresholds."""
        decisions = [decide(one, thresholds) for one in scores.as_scores()]
        return cls(name, scores, truth, decisions, kept)


def pooled(turns: Sequence[Turn], name: str) -> Turn:
    """Return all photos together, each with the decision of its own turn."""
    return Turn(
        name,
        Probabilities(
            np.concatenate([turn.scores.main for turn in turns]),
            np.concatenate([turn.scores.sub for turn in turns]),
            np.concatenate([turn.scores.novelty for turn in turns]),
        ),
        Truth(
            np.concatenate([turn.truth.main for turn in turns]),
            np.concatenate([turn.truth.sub for turn in turns]),
            np.concatenate([turn.truth.groups for turn in turns]),
        ),
        [decision for turn in turns for decision in turn.decisions],
        all(turn.is_kept for turn in turns),
    )


def left_out_figures(turn: Turn, mix: Mix) -> dict[str, Any]:
    """Return the figures of one turn, JSON-ready; ``*_95`` are intervals over products.

    ``near_not_wrong`` are near photos with their main class or unknown; ``stream`` counts all. A
    figure is None where there is no photo for it.
    """
    truth, decided = turn.truth, turn.decisions
    items, near, others = truth.items, truth.near, truth.others
    tagged = np.array([d.outcome is Outcome.SUBCLASS for d in decided], dtype=bool)
    unknown = np.array([d.outcome is Outcome.UNKNOWN for d in decided], dtype=bool)
    named = np.array([MAIN_CLASSES.index(d.main) if d.main else -1 for d in decided])
    main_right = turn.scores.main.argmax(axis=1) == truth.main
    sub_right = turn.scores.sub.argmax(axis=1) == truth.sub
    near_right = ~tagged & (unknown | (named == truth.main))
    shares: dict[str, tuple[Bools, Bools]] = {
        "main_accuracy": (main_right, items),
        "sub_accuracy": (sub_right, items),
        "coverage": (tagged, items),
        "wrong_tag_rate": (~sub_right, items & tagged),
        "near_not_wrong": (near_right, near),
        "others_rejected": (unknown, others),
        "others_tagged_with_subclass": (tagged, others),
    }
    figures: dict[str, Any] = {
        "name": turn.name,
        "photos": {"items": int(items.sum()), "near": int(near.sum()), "others": int(others.sum())},
        "promise_kept": turn.is_kept,
        "stream": stream_figures(decided, truth, mix),
    }
    for name, (hits, of) in shares.items():
        figures[name] = float(hits[of].mean()) if of.any() else None
        figures[f"{name}_95"] = share_interval(hits[of], truth.groups[of])
    return figures
