"""How often chance decides: the gate on simulated streams with known costs."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from classifier.taxonomy import SUBCLASSES
from tests.training.gate.streams import Skill, Stream, cases, rates, rows_of
from tests.training.gate.worlds import BESIDE, CLUTCHES, MAIN
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.gate import compare
from training.gate.rules import GateRules

SEED = 2027  # of the streams; docs/retraining.md has their rates


def test_simulated_streams_with_known_costs() -> None:
    """Of 200 candidates, hardly a dearer one passes, and few clearly cheaper ones are refused."""
    rules = GateRules()
    # One thread: for products as small as these, several wait for each other most of the time.
    with threadpool_limits(1):
        judged = [
            (case, compare(case.photos, case.champion, case.candidate, rules).promote)
            for case in cases(200, SEED, rules)
        ]
    counted = rates(judged)
    assert counted["dearer"] >= 40
    assert counted["clearly cheaper"] >= 40
    assert counted["dearer promoted"] <= 0.05 * counted["dearer"]
    assert counted["clearly cheaper refused"] <= 0.20 * counted["clearly cheaper"]


@pytest.mark.parametrize("seed", range(5))
def test_what_must_never_pass_never_does(seed: int) -> None:
    """Shuffled labels, a lost rare class, let-in irrelevant photos: refused in every stream."""
    stream = Stream(seed)
    skilled = stream.candidate(Skill(noise=0.2, items=1.0, near=0.5))
    rows = stream.sample()
    truth = stream.truth
    photos = Truth(truth.main[rows], truth.sub[rows], truth.groups[rows])
    champion, better = rows_of(stream.champion, rows), rows_of(skilled, rows)
    assert compare(photos, champion, better).promote
    for broken in (_shuffled(better), _without(better, CLUTCHES), _lets_in(better, photos)):
        report = compare(photos, champion, broken)
        assert not report.promote, report.summary


def _shuffled(model: Answers) -> Answers:
    """Return a model that learned every label in another's place."""
    sub = (model.sub + 4) % len(SUBCLASSES)
    return replace(model, sub=sub, main=MAIN[sub], tag=np.where(model.tag >= 0, sub, -1))


def _without(model: Answers, lost: int) -> Answers:
    """Return a model that takes one subclass for another."""
    sub = np.where(model.sub == lost, BESIDE[lost], model.sub)
    return replace(model, sub=sub, tag=np.where(model.tag == lost, BESIDE[lost], model.tag))


def _lets_in(model: Answers, photos: Truth) -> Answers:
    """Return a model that keeps a third of the irrelevant photos that were rejected."""
    let_in = photos.others & model.unknown & (np.arange(len(photos.sub)) % 3 == 0)
    return replace(model, unknown=model.unknown & ~let_in)
