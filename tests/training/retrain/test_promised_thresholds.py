"""A candidate keeps the promise that its champion keeps."""

from typing import Any

from classifier.decision import Thresholds
from classifier.ml.manifest import Temperature
from tests.manifests import a_manifest
from tests.training.calibration.test_promise import stream
from training.calibration.calibrate import Calibration
from training.calibration.promise import Promise, choose_by_promise
from training.retrain.choose import promised_thresholds

BASE = Thresholds(novelty=0.5)


def champion_with(metrics: dict[str, Any]) -> Any:
    """Return a champion's manifest with these metrics."""
    return a_manifest(metrics=metrics)


def test_a_candidate_keeps_the_champions_promise() -> None:
    """Its thresholds are chosen by the same risk, certainty and mix, on its own scores."""
    scores, truth = stream(4000, seed=1)
    other_scores, other_truth = stream(4000, seed=2)
    promise = Promise(0.06, 0.9)
    kept = choose_by_promise(other_scores, other_truth, promise, BASE)
    champion = champion_with({"promise": kept.as_dict()})
    thresholds, recorded = promised_thresholds(
        champion, Calibration(Temperature(), BASE, scores), truth, free
    )
    assert thresholds == choose_by_promise(scores, truth, promise, BASE).thresholds
    assert thresholds != BASE
    assert recorded["promise"]["risk"] == 0.06
    assert recorded["promise"]["kept"] is True


def test_without_proof_the_cheapest_near_the_champions_are_taken() -> None:
    """A promise of few photos is not pretended; on a tie the champion's thresholds stay."""
    scores, truth = stream(300, seed=3)
    chosen = Calibration(Temperature(), BASE, scores)
    strict = choose_by_promise(*stream(4000, seed=2), Promise(0.06), BASE).as_dict()
    strict["risk"] = 0.001
    champion = champion_with({"promise": strict})
    thresholds, recorded = promised_thresholds(champion, chosen, truth, free)
    assert thresholds == champion.thresholds != BASE
    assert recorded["promise"]["kept"] is False
    assert promised_thresholds(champion_with({}), chosen, truth, free)[1] == {}
    moved, _ = promised_thresholds(
        champion, chosen, truth, lambda one: abs(one.sub["Boots"] - 0.77)
    )
    assert moved.sub["Boots"] == 0.77
    assert moved.main == champion.thresholds.main


def free(_thresholds: Thresholds) -> float:
    """Return what thresholds cost where nothing costs anything."""
    return 0.0
