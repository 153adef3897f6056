"""The gate's report: sentences that are true, numbers that add up, plain JSON."""

import json
import re
import subprocess
import sys

from classifier.versions.gate_report import Criterion
from tests.training.gate.worlds import World, criterion, gain, lose, recall_of_boots
from training.gate.gate import compare
from training.gate.words import summary_sentence


def test_a_fall_that_chance_does_not_explain_is_not_said_to_be_chance() -> None:
    """A subclass that loses nine of sixty photos and wins none."""
    recall = recall_of_boots(lost=9)
    assert not recall.passed
    assert recall.sentence.endswith(
        "Chance does not explain that; a loss of at most 10 points is allowed."
    )


def test_a_fall_that_may_be_a_rise_is_told_as_one_that_cannot_be_excluded() -> None:
    """Forty photos gained and 36 lost: the sentence speaks of the possible rise, in reviews."""
    world = World()
    before = world.right(0.85)
    after = gain(lose(before, world.photos.items, 36), world.photos.items & ~before, 40)
    report = compare(world.photos, world.model(before), world.model(after))
    cost = criterion(report, "cost")
    assert not cost.passed
    assert re.search(
        r"A rise of up to \d+ reviews cannot be excluded; a rise of at most \d+ is allowed\.$",
        cost.sentence,
    )
    assert re.search(
        r"because a rise of the cost by up to \d+ reviews per 1,000 photos cannot be",
        report.summary,
    )


def test_fewer_wrong_tags_are_said_to_be_fewer() -> None:
    """ "Wrong tags got better" could be read either way."""
    gains = [
        Criterion(name, "gain", 0.1, 0.05, -0.05, None, None, "", passed=True, sentence="")
        for name in ("wrong tags", "coverage")
    ]
    assert summary_sentence(gains) == (
        "As cheap as the champion. What got better: fewer wrong tags and coverage. Nothing got "
        "worse by more than is allowed."
    )


def test_numbers_that_are_shown_add_up() -> None:
    """Whoever subtracts one cost from the other finds the difference that the sentence tells."""
    for seed in range(20):
        world = World(seed)
        before = world.right(0.9)
        sentence = criterion(
            compare(world.photos, world.model(before), world.model(world.right(0.9))), "cost"
        ).sentence
        after, cost, *change = (int(number) for number in re.findall(r"\d+", sentence[13:]))
        assert [abs(after - cost)] == change[:1] or after == cost, sentence


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
        "unit",
    }


def test_the_gate_needs_neither_torch_nor_django() -> None:
    """The rules load without the network's and the site's packages."""
    show = "print([m for m in ('torch', 'django') if m in sys.modules])"
    code = f"import sys, training.gate.gate; {show}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
