"""Test photos, and models that are wrong on as many of them as a test says."""

from typing import Any

import numpy as np

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES
from classifier.versions.gate_report import Criterion, GateReport
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.gate import compare

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


def recall_of_boots(*, lost: int) -> Criterion:
    """Return what the gate says of a candidate that loses so many of sixty boots, nothing else."""
    world = World()
    before = world.right(1.0)
    boots = world.photos.sub == SUBCLASSES.index("Boots")
    report = compare(world.photos, world.model(before), world.model(lose(before, boots, lost)))
    return criterion(report, "recall of Boots")
