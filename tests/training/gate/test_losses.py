"""What the gate lets through and stops: gains, losses, and too few photos to tell."""

import re

import numpy as np
import pytest

from classifier.taxonomy import SUBCLASSES
from tests.training.gate.worlds import CLUTCHES, World, criterion, gain, lose, recall_of_boots
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.gate import compare


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
    assert "new on 20 photos, gone on 0" in overall.sentence
    cost = criterion(report, "cost", "gain")
    assert cost.passed
    assert cost.unit == "reviews"
    assert re.fullmatch(
        r"1,000 photos cost \d+ reviews with the candidate and \d+ with the champion: \d+ reviews "
        r"fewer\. Chance does not explain that\.",
        cost.sentence,
    )
    assert re.fullmatch(
        r"Cheaper: 1,000 photos cost \d+ reviews instead of \d+\. What got better: overall "
        r"accuracy.*\. Nothing got worse by more than is allowed\.",
        report.summary,
    )


def test_the_same_model_again_is_rejected_because_nothing_got_better() -> None:
    """A candidate with the champion's own answers breaks nothing, and gains nothing."""
    world = World()
    model = world.model(world.right(0.9))
    report = compare(world.photos, model, model)
    assert not report.promote
    assert all(c.passed for c in report.criteria if c.kind == "must")
    assert report.summary == (
        "Rejected because nothing got better for certain. Nothing got worse by more than is "
        "allowed."
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
    assert "new on 0 photos, gone on 4" in broken[0].sentence
    assert report.summary.startswith("Rejected because recall of Clutches fell by 26.7 points. ")


@pytest.mark.parametrize("lost", [1, 2])
def test_one_or_two_photos_of_a_rare_subclass_are_no_loss(lost: int) -> None:
    """Photos that fall the other way by chance stop no candidate, however rare their class."""
    world = World()
    before = world.right(0.9)
    clutches = world.photos.sub == CLUTCHES
    after = lose(gain(before, world.photos.items & ~clutches, 30), clutches, lost)
    assert compare(world.photos, world.model(before), world.model(after)).promote


def test_a_loss_of_just_what_is_allowed_is_allowed() -> None:
    """Six of sixty are ten points, whatever the machine's numbers make of it."""
    recall = recall_of_boots(lost=6)
    assert recall.passed
    assert recall.sentence.endswith("Chance does not explain that, and so small a loss is allowed.")


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
