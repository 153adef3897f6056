"""A recipe judged on what it never saw: sources, kinds of others and products, left out in turn."""

from collections.abc import Sequence
from typing import Any

from accelerate import Accelerator

from training.calibration.held_out_scores import joined
from training.calibration.promise import Promise, choose_by_promise
from training.data.folder import Sample
from training.data.splits.leave_out import Fold, LeaveOut
from training.evaluation.left_out import Turn, left_out_figures, pooled
from training.train.cross_fit import FoldScores, cross_fit
from training.train.request import TrainRequest


def left_out_document(
    request: TrainRequest,
    samples: Sequence[Sample],
    leave_out: LeaveOut,
    folds: Sequence[Fold],
    accelerator: Accelerator,
) -> dict[str, Any]:
    """Train without each fold's source, kinds or products in turn; return all figures.

    Raises: as `cross_fit`.
    """
    scored = cross_fit(request, samples, folds, accelerator)
    turns = [_turn(fold, scored, request.promise) for fold in scored]
    mix = request.promise.mix
    return {
        "leave_out": str(leave_out),
        "turns": [left_out_figures(turn, mix) for turn in turns],
        "pooled": left_out_figures(pooled(turns, "all together"), mix),
    }


def _turn(fold: FoldScores, folds: Sequence[FoldScores], promise: Promise) -> Turn:
    """Decide with the promise as proven on the other folds' photos, if it can be proven there."""
    others = joined([other.scores for other in folds if other is not fold])
    scores, truth = fold.scores.scores, fold.scores.truth
    try:
        promised = choose_by_promise(others.scores, others.truth, promise, fold.thresholds)
    except ValueError:  # without items, as where kinds of others are left out
        return Turn.of(fold.name, scores, truth, fold.thresholds, kept=False)
    kept = promised.is_kept
    thresholds = promised.thresholds if kept else fold.thresholds
    return Turn.of(fold.name, scores, truth, thresholds, kept=kept)
