"""The gate: what it lets through, what it stops, and how often chance decides."""

import json
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES
from classifier.versions.gate_report import Criterion, GateReport
from training.evaluation.truth import Truth
from training.gate.gate import compare
from training.gate.paired_figures import Answers

MAIN = np.array([MAIN_CLASSES.index(MAIN_OF[sub]) for sub in SUBCLASSES])
# The subclass that a model takes each for when it is wrong: of the same main class.
BESIDE = np.array([number // 3 * 3 + (number + 1) % 3 for number in range(len(SUBCLASSES))])
CLUTCHES = SUBCLASSES.index("Clutches")
# About as many as the base photos hold out; one subclass is rare.
SIZES = [60] * len(SUBCLASSES)
RARE = 15
NEAR, OTHERS = 60, 100


class World:
    """Test photos, and models that are wrong on as many of them as a test says."""

    def __init__(self, seed: int = 0) -> None:
        self.draw = np.random.default_rng(seed)
        sizes = [RARE if number == CLUTCHES else size for number, size in enumerate(SIZES)]
        items = np.repeat(np.arange(len(SUBCLASSES)), sizes)
        sub = np.concatenate([items, np.full(NEAR + OTHERS, -1)])
        near = np.full(NEAR, MAIN_CLASSES.index("Shoes"))
        main = np.concatenate([MAIN[items], near, np.full(OTHERS, -1)])
        names = np.array([f"product {number // 2}" for number in range(len(sub))])
        self.photos = Truth(main, sub, names)

    def right(self, share: float) -> Any:
        """Return which items a model gets right."""
        return self.draw.random(len(self.photos.sub)) < share

    def model(self, right: Any, *, rejects: Any = None, when_wrong: float = 0.6) -> Answers:
        """Return the answers of a model that is right on these items and rejects these others."""
        photos = self.photos
        sub = np.where(photos.items, np.where(right, photos.sub, BESIDE[photos.sub]), 0)
        main = np.where(photos.items, MAIN[sub], np.maximum(photos.main, 0))
        confidence = np.where(right, 0.9, when_wrong)
        unknown = photos.others & (np.ones_like(right) if rejects is None else rejects)
        tag = np.where(photos.items & (confidence > 0.7), sub, -1)
        return Answers(main, sub, np.full(len(sub), 0.99), confidence, tag, unknown)


def criterion(report: GateReport, name: str, kind: str = "must") -> Criterion:
    return next(c for c in report.criteria if c.name == name and c.kind == kind)


def lose(right: Any, where: Any, count: int) -> Any:
    """Return the same but for ``count`` photos of these that are right no more."""
    changed = right.copy()
    changed[np.flatnonzero(where & right)[:count]] = False
    return changed


def gain(right: Any, where: Any, count: int) -> Any:
    """Return the same but for ``count`` photos of these that are right now."""
    changed = right.copy()
    changed[np.flatnonzero(where & ~right)[:count]] = True
    return changed


def test_a_better_candidate_is_promoted_and_the_reasons_say_so() -> None:
    """Twenty wrong photos put right and none broken: promoted, with numbers in each sentence."""
    world = World()
    before = world.right(0.9)
    after = gain(before, world.photos.items, 20)
    report = compare(world.photos, world.model(before), world.model(after))
    assert report.promote, report.summary
    overall = criterion(report, "overall accuracy", "gain")
    assert overall.passed
    assert overall.p_value is not None
    assert overall.p_value < 0.001
    assert "20 gained, 0 lost" in overall.sentence
    assert report.summary.startswith("Better in overall accuracy")


def test_the_same_model_again_is_rejected_because_nothing_got_better() -> None:
    """A candidate with the champion's own answers breaks nothing, and gains nothing."""
    world = World()
    model = world.model(world.right(0.9))
    report = compare(world.photos, model, model)
    assert not report.promote
    assert all(c.passed for c in report.criteria if c.kind == "must")
    assert report.summary == (
        "Rejected because nothing got better for certain, though nothing got worse either."
    )


def test_a_gain_overall_does_not_pay_for_a_rare_subclass() -> None:
    """Thirty photos better in all and four of fifteen clutches lost: rejected, and it says why."""
    world = World()
    before = world.right(0.9)
    clutches = world.photos.sub == CLUTCHES
    after = lose(gain(before, world.photos.items & ~clutches, 30), clutches, 4)
    report = compare(world.photos, world.model(before), world.model(after))
    assert not report.promote
    assert criterion(report, "overall accuracy", "gain").passed
    broken = [c for c in report.criteria if c.kind == "must" and not c.passed]
    assert [c.name for c in broken] == ["recall of Clutches"]
    assert "on 15 photos" in broken[0].sentence
    assert "0 gained, 4 lost" in broken[0].sentence
    assert report.summary.startswith("Rejected because recall of Clutches fell by 26.7 points; ")


@pytest.mark.parametrize("lost", [1, 2])
def test_one_or_two_photos_of_a_rare_subclass_are_no_loss(lost: int) -> None:
    """Photos that fall the other way by chance stop no candidate, however rare their class."""
    world = World()
    before = world.right(0.9)
    clutches = world.photos.sub == CLUTCHES
    after = lose(gain(before, world.photos.items & ~clutches, 30), clutches, lost)
    assert compare(world.photos, world.model(before), world.model(after)).promote


@pytest.mark.parametrize("lost", [8, 20])
def test_lost_rejection_is_stopped(lost: int) -> None:
    """A candidate that keeps more of what is not ours is rejected, though its tags are better."""
    world = World()
    before = world.right(0.9)
    after = gain(before, world.photos.items, 30)
    lets_in = lose(np.ones_like(before), world.photos.others, lost)
    report = compare(world.photos, world.model(before), world.model(after, rejects=lets_in))
    assert not report.promote
    assert not criterion(report, "rejection of others").passed


def test_a_dishonest_confidence_is_stopped() -> None:
    """A candidate that is right more often, but as sure where it is wrong, is rejected."""
    world = World()
    before = world.right(0.9)
    after = gain(before, world.photos.items, 8)
    report = compare(world.photos, world.model(before), world.model(after, when_wrong=0.95))
    careful = compare(world.photos, world.model(before), world.model(after))
    assert not criterion(report, "overconfidence in subclasses").passed
    assert criterion(careful, "overconfidence in subclasses").passed


def test_a_rise_that_may_be_a_loss_is_told_as_one_that_cannot_be_excluded() -> None:
    """Forty photos gained and 36 lost: the sentence speaks of the possible loss, in points."""
    world = World()
    before = world.right(0.85)
    after = gain(lose(before, world.photos.items, 36), world.photos.items & ~before, 40)
    report = compare(world.photos, world.model(before), world.model(after))
    overall = criterion(report, "overall accuracy")
    assert not overall.passed
    assert overall.sentence.startswith("Overall accuracy rose by 0.8 points, from ")
    assert re.search(
        r"A loss of up to \d\.\d points cannot be excluded; at most 1\.5 points is allowed\.$",
        overall.sentence,
    )
    assert re.search(
        r"because a loss of up to \d\.\d points in overall accuracy cannot be", report.summary
    )


def test_too_few_photos_to_see_a_loss_are_no_licence() -> None:
    """Without others and with four clutches the gate says what is missing, and rejects."""
    world = World()
    clutches = np.flatnonzero(world.photos.sub == CLUTCHES)
    keep = np.ones(len(world.photos.sub), dtype=bool)
    keep[clutches[4:]] = False
    keep &= ~world.photos.others
    before = world.right(0.9)
    after = gain(before, world.photos.items, 40)
    kept = Truth(*(getattr(world.photos, n)[keep] for n in ("main", "sub", "groups")))

    def only(model: Answers) -> Answers:
        return Answers(*(getattr(model, name)[keep] for name in Answers.__dataclass_fields__))

    report = compare(kept, only(world.model(before)), only(world.model(after)))
    assert not report.promote
    assert "there are 4 test photos" in criterion(report, "recall of Clutches").sentence
    assert "no test photo tells of it" in criterion(report, "rejection of others").sentence


def test_products_count_and_not_photos() -> None:
    """Thirty photos of one product put right are one lucky product, not a proven gain."""
    world = World()
    before = world.right(0.9)
    bags = np.flatnonzero(world.photos.sub == SUBCLASSES.index("Tote Bags"))
    before[bags[:30]] = False
    after = before.copy()
    after[bags[:30]] = True
    names = world.photos.groups.copy()
    names[bags[:30]] = "one product"
    same = Truth(world.photos.main, world.photos.sub, names)
    apart = compare(world.photos, world.model(before), world.model(after))
    together = compare(same, world.model(before), world.model(after))
    assert criterion(apart, "overall accuracy", "gain").passed
    assert not criterion(together, "overall accuracy", "gain").passed


def test_over_many_worlds_the_gate_seldom_errs() -> None:
    """Over twelve simulated worlds, models 4 points better pass, equal and worse ones do not.

    Equal models are blocked more often than one would wish, a quarter of the time: with 500 items
    a loss of 1.5 points cannot always be excluded. Nothing is lost by it, for they gain nothing.
    """
    worlds, promoted = 12, Counter[str]()
    equal_blocked = 0
    for seed in range(worlds):
        world = World(seed)
        before = world.right(0.92)
        flips = world.draw.random(len(before))
        candidates = {
            "better": np.where(before, flips > 0.005, flips < 0.5),
            "equal": np.where(before, flips > 0.01, flips < 0.115),  # as many gained as lost
            "worse": np.where(before, flips > 0.055, flips < 0.115),
        }
        for name, after in candidates.items():
            report = compare(world.photos, world.model(before), world.model(after))
            promoted[name] += report.promote
            equal_blocked += name == "equal" and not all(must.passed for must in report.musts)
    assert promoted["better"] >= worlds - 1
    assert promoted["equal"] <= 1  # each of six gains passes by chance at 5 %, not independently
    assert promoted["worse"] == 0
    assert equal_blocked <= worlds // 3


def test_the_report_is_plain_json() -> None:
    """What is kept with a version survives JSON, with a sentence for each criterion."""
    world = World()
    before = world.right(0.9)
    report = compare(world.photos, world.model(before), world.model(world.right(0.9))).to_dict()
    again = json.loads(json.dumps(report, allow_nan=False))
    assert again == report
    assert {c["kind"] for c in again["criteria"]} == {"must", "gain"}
    assert all(c["sentence"].endswith(".") for c in again["criteria"])
    assert set(again["criteria"][0]) == {
        "name",
        "kind",
        "champion",
        "candidate",
        "difference",
        "interval",
        "p_value",
        "bound",
        "passed",
        "sentence",
        "reason",
    }


def test_the_gate_needs_neither_torch_nor_django() -> None:
    """The rules load without the network's and the site's packages."""
    show = "print([m for m in ('torch', 'django') if m in sys.modules])"
    code = f"import sys, training.gate.gate; {show}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
