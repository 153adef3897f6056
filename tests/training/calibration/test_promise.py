"""Thresholds by a promise: that it holds, and what is said where it cannot."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from classifier.decision import Outcome, Thresholds, decide
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from classifier.versions.stream import KINDS, Mix
from training.calibration.promise import (
    MAIN_OF_SUB,
    NOTHING,
    Per,
    Promise,
    choose_by_promise,
    coverage_of_risks,
    promise_of,
)
from training.evaluation.scoring import Probabilities, Truth

BASE: Final = Thresholds(novelty=0.5)
SHARES: Final = (0.6, 0.2, 0.2)  # of items, near photos and others in the folder
Stream = tuple[Probabilities, Truth]


def stream(photos: int, seed: int, *, skill: float = 3.0, copies: int = 1) -> Stream:
    """Draw scores and labels: the surer, the more often right; a product's photos are copies."""
    draw = np.random.default_rng(seed)
    products = photos // copies
    kind = draw.choice(3, size=products, p=SHARES)
    sub = draw.integers(9, size=products)
    sure = np.where(kind == 0, draw.beta(skill, 1, products), draw.beta(1, skill, products))
    right = (kind == 0) & (draw.random(products) < sure**0.1)
    best = np.where(right, sub, (sub + draw.integers(1, 9, size=products)) % 9)
    scores = np.full((products, 9), ((1 - sure) / 8)[:, None])
    scores[np.arange(products), best] = np.maximum(sure, 1 / 9 + 1e-6)
    main = np.full((products, 3), 0.05)
    main[np.arange(products), MAIN_OF_SUB[best]] = 0.9
    novelty = np.where(kind == 2, draw.beta(2, 2, products), draw.beta(1, 9, products))
    rows = np.repeat(np.arange(products), copies)
    truth_main, truth_sub = np.where(kind == 2, -1, MAIN_OF_SUB[sub]), np.where(kind == 0, sub, -1)
    return (
        Probabilities(main[rows], scores[rows], novelty[rows]),
        Truth(truth_main[rows], truth_sub[rows], rows.astype(str)),
    )


class TrueRisks:
    """What thresholds truly come to on a stream."""

    def __init__(self, stream_of: Stream, mix: Mix) -> None:
        scores, truth = stream_of
        self._novelty, self._sure = scores.novelty, scores.sub.max(1)
        self._best = scores.sub.argmax(1)
        self._main = MAIN_OF_SUB[self._best]
        self._weight = np.zeros(len(self._best))
        for kind in KINDS:
            rows = getattr(truth, kind)
            self._weight[rows] = mix.of(kind) / rows.sum()
        self._wrong = self._weight * (self._best != truth.sub)

    def of(self, thresholds: Thresholds) -> tuple[float, dict[str, float]]:
        """Return the share of wrong tags over everything, and of each main class's tags."""
        needed = np.array([thresholds.sub[name] for name in SUBCLASSES])[self._best]
        tagged = (self._novelty <= thresholds.novelty) & (self._sure >= needed)
        main = self._main[tagged]
        tags, wrong = (
            np.bincount(main, weights=weights[tagged], minlength=len(MAIN_CLASSES))
            for weights in (self._weight, self._wrong)
        )
        of_class = wrong / np.maximum(tags, 1e-12)
        overall = float(wrong.sum() / max(tags.sum(), 1e-12))
        return overall, dict(zip(MAIN_CLASSES, of_class.tolist(), strict=True))


@pytest.mark.parametrize(("per", "copies"), [("all", 1), ("main", 1), ("all", 3)])
def test_the_promise_holds_as_often_as_it_says(per: Per, copies: int) -> None:
    """Over 120 draws from a known stream, the true share is above the promise in few of them."""
    promise = Promise(0.05, 0.9, per=per)
    true_risks = TrueRisks(stream(100_000, seed=1), promise.mix)
    broken, coverage = 0, []
    for seed in range(120):
        fitted = choose_by_promise(*stream(4000, seed=100 + seed, copies=copies), promise, BASE)
        overall, of_class = true_risks.of(fitted.thresholds)
        worst = overall if per == "all" else max(of_class.values())
        broken += worst > promise.risk
        coverage.append(fitted.coverage)
    assert broken / 120 <= 1 - promise.confidence
    # It is no promise to tag nothing.
    assert np.mean(coverage) > 0.4


def test_tags_are_counted_as_the_product_gives_them() -> None:
    """The coverage and the wrong share that are told are those of the decision rules."""
    scores, truth = stream(3000, seed=5)
    fitted = choose_by_promise(scores, truth, Promise(0.05, per="all"), BASE)
    made = [decide(one, fitted.thresholds) for one in scores.as_scores()]
    tagged = np.array([decision.outcome is Outcome.SUBCLASS for decision in made])
    assert fitted.coverage == pytest.approx(tagged[truth.items].mean())
    assert fitted.wrong_tag_rate == pytest.approx(
        TrueRisks((scores, truth), Mix()).of(fitted.thresholds)[0]
    )


def test_a_looser_promise_tags_more() -> None:
    """What each of three risks would come to: the coverage rises with the risk."""
    table = coverage_of_risks(*stream(8000, seed=2), Promise(per="all"), BASE)
    assert [row.promise.risk for row in table] == [0.01, 0.03, 0.05]
    assert table[0].coverage <= table[1].coverage < table[2].coverage
    assert all(
        row.wrong_tag_rate is None or row.wrong_tag_rate <= row.promise.risk for row in table
    )


def test_what_cannot_be_promised_tags_nothing_and_says_so() -> None:
    """A model that is right by luck gets thresholds of 1, and no class is said to be kept."""
    scores, truth = stream(3000, seed=3)
    lucky = replace(truth, sub=np.where(truth.items, np.roll(truth.sub, 1), -1))
    fitted = choose_by_promise(scores, lucky, Promise(), BASE)
    assert not fitted.is_kept
    assert set(fitted.thresholds.sub.values()) == {NOTHING}
    assert (fitted.coverage, fitted.wrong_tag_rate) == (0.0, None)


def test_one_bad_main_class_does_not_silence_the_others() -> None:
    """Where bags are guessed, shoes and clothing keep the promise by themselves."""
    scores, truth = stream(9000, seed=4)
    bags = truth.items & (truth.main == 2)
    sub = truth.sub.copy()
    sub[bags] = np.random.default_rng(0).integers(6, 9, size=bags.sum())
    fitted = choose_by_promise(scores, replace(truth, sub=sub), Promise(0.05, per="main"), BASE)
    kept = {name: group.threshold for group in fitted.fitted for name in group.classes}
    assert kept["Bags"] is None
    assert kept["Clothing"] is not None
    assert kept["Shoes"] is not None
    assert fitted.as_dict()["classes"][2] == {
        "classes": ["Bags"], "threshold": None, "wrong_tag_rate": None, "bound": None,
        "coverage": 0.0,
    }  # fmt: skip


def test_few_items_share_a_sequence() -> None:
    """With a few hundred photos no main class can stand alone, so all keep it together."""
    fitted = choose_by_promise(*stream(600, seed=6), Promise(0.2, per="main"), BASE)
    assert [group.classes for group in fitted.fitted] == [MAIN_CLASSES]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"risk": 0.0}, "between 0 and 0.5"),
        ({"risk": float("nan")}, "between 0 and 0.5"),
        ({"confidence": 1.0}, "0.5 or more and below 1"),
        ({"per": "photo"}, "per 'main' class"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(facts: dict[str, float], words: str) -> None:
    """Bounds are said."""
    with pytest.raises(ValueError, match=words):
        Promise(**facts)  # type: ignore[arg-type]  # that is the point


def test_a_kind_that_was_not_held_out_cannot_be_promised() -> None:
    """A stream with others needs others among the held-out photos."""
    scores, truth = stream(500, seed=7)
    rows = ~truth.others
    scores = Probabilities(scores.main[rows], scores.sub[rows], scores.novelty[rows])
    truth = Truth(truth.main[rows], truth.sub[rows], truth.groups[rows])
    with pytest.raises(ValueError, match="needs held-out others"):
        choose_by_promise(scores, truth, Promise(), BASE)
    choose_by_promise(scores, truth, Promise(mix=Mix(0.9, 0.1, 0.0)), BASE)


def test_a_bundle_says_which_promise_it_keeps() -> None:
    """What was kept is read back; what was not, or makes no sense, is no promise."""
    promise = Promise(0.05, 0.8, Mix(0.7, 0.2, 0.1), per="main")
    chosen = choose_by_promise(*stream(3000, seed=8), replace(promise, risk=0.3), BASE).as_dict()
    assert promise_of({"promise": chosen}) == replace(promise, risk=0.3)
    for other in ({}, {"promise": chosen | {"kept": False}}, {"promise": chosen | {"risk": "much"}},
                  {"promise": 3}):  # fmt: skip
        assert promise_of(other) is None
