"""What a candidate costs: wrong tags and reviews, over everything that comes in."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.gate.worlds import BESIDE, MAIN, World, criterion
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.gate import compare
from training.gate.rules import GateRules


def test_fewer_wrong_tags_over_everything_are_worth_more_reviews() -> None:
    """Of 63 tags 15 were wrong, of 49 only 6: more goes to the moderators, and it is promoted.

    Of 68 items the network knew 56, then 59 (82.4 and 86.8 %); that alone proves nothing.
    """
    photos = Truth(
        main=np.concatenate([MAIN[np.arange(68) % 9], np.full(20, 1), np.full(25, -1)]),
        sub=np.concatenate([np.arange(68) % 9, np.full(45, -1)]),
        groups=np.array([f"product {number}" for number in range(113)]),
    )
    champion = _answers_of_the_case(photos, known=(5, 61), tagged=(0, 53), near=6, others=4)
    candidate = _answers_of_the_case(photos, known=(2, 61), tagged=(0, 45), near=2, others=2)
    wrong = [
        int(((model.tag >= 0) & (model.tag != photos.sub)).sum()) for model in (champion, candidate)
    ]
    assert [int((model.tag >= 0).sum()) for model in (champion, candidate)] == [63, 49]
    assert wrong == [15, 6]
    known = [int((model.sub == photos.sub)[:68].sum()) for model in (champion, candidate)]
    assert known == [56, 59]
    report = compare(photos, champion, candidate)
    assert report.promote, report.summary
    assert not criterion(report, "overall accuracy", "gain").passed
    assert criterion(report, "cost", "gain").passed


def _answers_of_the_case(
    photos: Truth, *, known: tuple[int, int], tagged: tuple[int, int], near: int, others: int
) -> Answers:
    """Return answers: which items are known and tagged (from, to), and what else gets a tag."""
    number = np.arange(113)
    right = (number >= known[0]) & (number < known[1])
    items = photos.items
    sub = np.where(items, np.where(right, photos.sub, BESIDE[photos.sub]), number % 9)
    main = np.where(items, MAIN[sub], np.where(photos.main >= 0, photos.main, MAIN[sub]))
    tags = (number >= tagged[0]) & (number < tagged[1])
    tags |= (number >= 68) & (number < 68 + near)
    tags |= (number >= 88) & (number < 88 + others)
    confidence = np.where(right | ~items, 0.7, 0.5)
    unknown = ~items & ~tags & (photos.main < 0)
    return Answers(main, sub, np.full(113, 0.99), confidence, np.where(tags, sub, -1), unknown)


def test_a_wrong_tag_is_worth_what_the_rules_say() -> None:
    """Ten more wrong tags for forty reviews fewer: dear at ten reviews each, cheap at one."""
    world = World()
    before = world.right(0.9)
    photos, champion = world.photos, world.model(before)
    wrong = np.flatnonzero(photos.items & ~before)
    tag = champion.tag.copy()
    tag[wrong[:40]] = champion.sub[wrong[:40]]
    bold = replace(champion, tag=tag)
    dear = compare(photos, champion, bold)
    assert not criterion(dear, "cost").passed
    assert dear.summary.startswith("Rejected because 1,000 photos cost ")
    fair = compare(photos, champion, bold, GateRules(wrong_tag=1))
    assert criterion(fair, "cost").passed


def test_fewer_tags_must_be_better_tags() -> None:
    """Where three in ten labels are nonsense, tagging less is cheaper; at random it is refused."""
    world = World()
    photos = world.photos
    champion = world.model(world.right(0.7), when_wrong=0.8)
    shy = np.where(world.draw.random(len(photos.sub)) < 0.12, -1, champion.tag)
    report = compare(photos, champion, replace(champion, tag=shy))
    cost = criterion(report, "cost", "gain")
    assert cost.interval is not None
    assert cost.interval[1] < 0
    assert not cost.passed
    assert "if the champion left out as many at random" in cost.sentence
    assert not report.promote
    choosy = np.where(world.draw.random(len(photos.sub)) < 0.3, -1, champion.tag)
    choosy = np.where(champion.sub == photos.sub, champion.tag, choosy)
    assert compare(photos, champion, replace(champion, tag=choosy)).promote


def test_costs_are_of_the_stream_and_not_of_the_test_photos() -> None:
    """Each kind counts by its share of the mix; what falls back costs one review."""
    world = World()
    model = world.model(world.right(2.0))
    report = compare(world.photos, model, model)
    # All items are tagged rightly; near photos keep their main class and others are unknown.
    assert criterion(report, "cost").champion == pytest.approx(1000 * (0.10 + 0.05))
