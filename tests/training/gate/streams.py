"""Simulated streams: a champion, candidates whose true costs are known, and test photos of both.

The scores are real: those of the starter of 1.0 for photos it never learned from (`scores.npz`, a
row for each of 1,593: the test photos of its own sources, and photos of sources it never saw). A
stream has each of them many times, each time as another product of two photos whose scores differ a
little. A candidate has the champion's scores with noise, and knows items, near photos and others
better or worse by an amount that is drawn. Its true cost is that over the whole stream; the gate
sees a sample.

``python -m tests.training.gate.streams`` prints how often the gate and that of release 1.0 err on
the same candidates (docs/retraining.md).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES
from tests.training.gate import gate_of_1_0
from training.evaluation.truth import Truth
from training.gate.answers import Answers
from training.gate.cost import OF_1000, costs
from training.gate.gate import compare
from training.gate.rules import GateRules

Floats = NDArray[np.float64]
MAIN: Final = np.array([MAIN_CLASSES.index(MAIN_OF[sub]) for sub in SUBCLASSES])
COPIES: Final = 6  # products of the stream that each real photo stands for
TESTED: Final = {"items": 1000, "near": 200, "others": 250}  # about what a retraining holds out
THRESHOLD, NOVELTY = 0.65, 0.5
CLEARLY: Final = 0.10  # cheaper by this share of the champion's cost


@dataclass(frozen=True, slots=True)
class Skill:
    """How a candidate's scores differ from the champion's; logarithms of odds.

    Attributes:
        noise: standard deviation of what differs by chance, photo by photo.
        items: how much more it gives to the true subclass.
        near: how much less it gives to the best subclass of near photos.
        others: how much more novel it finds what is none of ours.
        cautious: how much more it asks of a tag.
    """

    noise: float = 0.5
    items: float = 0.0
    near: float = 0.0
    others: float = 0.0
    cautious: float = 0.0


class Stream:
    """The whole stream: labels, and the champion's scores as logarithms."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        with np.load(Path(__file__).with_name("scores.npz"), allow_pickle=False) as kept:
            real = {name: kept[name].astype(float) for name in ("main", "sub", "novelty")}
            main, sub = kept["true_main"].astype(int), kept["true_sub"].astype(int)
        row = np.repeat(np.arange(len(main)), 2 * COPIES)
        product = np.arange(len(row)) // 2
        self.truth = Truth(main[row], sub[row], product)  # type: ignore[arg-type]  # numbers name products as well
        self.main, self.sub = np.log(real["main"] + 1e-4)[row], np.log(real["sub"] + 1e-4)[row]
        novelty = real["novelty"].clip(1e-4, 1 - 1e-4)
        self.novelty = np.log(novelty / (1 - novelty))[row]
        self.main = self.main + self._noise(0.4, 3)
        self.sub = self.sub + self._noise(0.4, 9)
        self.novelty = self.novelty + self._noise(0.4, 1)[:, 0]
        self.champion = self._answers(self.main, self.sub, self.novelty, 0.0)

    def _noise(self, size: float, columns: int) -> Floats:
        """Return noise of which the photos of one product share one half (N, columns)."""
        products = len(self.truth.main) // 2
        shared = np.repeat(self.draw.normal(size=(products, columns)), 2, axis=0)
        own = self.draw.normal(size=(2 * products, columns))
        return np.asarray(size * np.sqrt(0.5) * (shared + own))

    def candidate(self, skill: Skill) -> Answers:
        """Return a candidate's answers for the whole stream."""
        truth, rows = self.truth, np.arange(len(self.truth.main))
        main, sub = self.main + self._noise(skill.noise, 3), self.sub + self._noise(skill.noise, 9)
        novelty = self.novelty + self._noise(skill.noise, 1)[:, 0]
        items = rows[truth.items]
        sub[items, truth.sub[items]] += skill.items
        main[items, truth.main[items]] += skill.items
        near = rows[truth.near]
        sub[near, sub[near].argmax(axis=1)] -= skill.near
        novelty[truth.others] += skill.others
        return self._answers(main, sub, novelty, skill.cautious)

    def _answers(self, main: Floats, sub: Floats, novelty: Floats, cautious: float) -> Answers:
        main, sub = _softmax(main), _softmax(sub)
        best_main, best_sub = main.argmax(axis=1), sub.argmax(axis=1)
        main_confidence, sub_confidence = main.max(axis=1), sub.max(axis=1)
        unknown = (main_confidence < THRESHOLD) | (1 / (1 + np.exp(-novelty)) > NOVELTY)
        odds = np.log(sub_confidence / (1 - sub_confidence + 1e-9)) - cautious
        sure = odds >= np.log(THRESHOLD / (1 - THRESHOLD))
        tagged = ~unknown & (MAIN[best_sub] == best_main) & sure
        tag = np.where(tagged, best_sub, -1)
        return Answers(best_main, best_sub, main_confidence, sub_confidence, tag, unknown)

    def true_cost(self, answers: Answers, rules: GateRules) -> float:
        """Return the reviews that 1,000 photos of the stream cost."""
        cost = costs(self.truth, answers, rules.wrong_tag)
        return float(
            sum(
                OF_1000 * share * cost[getattr(self.truth, kind)].mean()
                for kind, share in rules.mix.as_dict().items()
            )
        )

    def sample(self) -> NDArray[np.intp]:
        """Return the rows of test photos: whole products, as many of each kind as are held out."""
        first = np.arange(0, len(self.truth.main), 2)
        chosen = [
            self.draw.choice(first[getattr(self.truth, kind)[first]], count // 2, replace=False)
            for kind, count in TESTED.items()
        ]
        return np.concatenate([rows + photo for rows in chosen for photo in (0, 1)])


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def some_skill(draw: np.random.Generator) -> Skill:
    """Return a candidate that is better in some ways and worse in others."""
    return Skill(
        noise=draw.uniform(0.2, 0.8),
        items=draw.normal(0.3, 0.6),
        near=draw.normal(0.2, 0.5),
        others=draw.normal(0.2, 0.5),
        cautious=draw.normal(0.0, 0.3),
    )


def rows_of(answers: Answers, rows: NDArray[np.intp]) -> Answers:
    """Return the answers for some photos."""
    return Answers(*(getattr(answers, name)[rows] for name in Answers.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate: its true cost against the champion's, and what the gate gets to see.

    Attributes:
        dearer_by: true difference as a share of the champion's cost.
        breaks: whether it truly breaks a guard.
    """

    dearer_by: float
    breaks: bool
    photos: Truth
    champion: Answers
    candidate: Answers


def cases(count: int, seed: int, rules: GateRules) -> Iterator[Case]:
    """Return candidates with what is true of them."""
    stream = Stream(seed)
    before = stream.true_cost(stream.champion, rules)
    for _ in range(count):
        candidate = stream.candidate(some_skill(stream.draw))
        rows = stream.sample()
        truth = stream.truth
        names = np.array([f"product {number}" for number in truth.groups[rows]])
        yield Case(
            stream.true_cost(candidate, rules) / before - 1,
            _breaks(stream, candidate, rules),
            Truth(truth.main[rows], truth.sub[rows], names),
            rows_of(stream.champion, rows),
            rows_of(candidate, rows),
        )


def _breaks(stream: Stream, candidate: Answers, rules: GateRules) -> bool:
    truth, champion = stream.truth, stream.champion
    lost = (champion.unknown.astype(float) - candidate.unknown)[truth.others].mean()
    falls = [
        ((champion.sub == sub).astype(float) - (candidate.sub == sub))[truth.sub == sub].mean()
        for sub in range(len(SUBCLASSES))
    ]
    return bool(lost > rules.rejection or max(falls) > rules.recall)


def rates(judged: list[tuple[Case, bool]]) -> dict[str, int]:
    """Return how often the gate erred; each pair is a case and whether it was promoted."""
    dearer = [promoted for case, promoted in judged if case.dearer_by > 0]
    cheaper = [
        promoted for case, promoted in judged if case.dearer_by <= -CLEARLY and not case.breaks
    ]
    broken = [promoted for case, promoted in judged if case.breaks]
    return {
        "dearer": len(dearer), "dearer promoted": sum(dearer),
        "clearly cheaper": len(cheaper), "clearly cheaper refused": len(cheaper) - sum(cheaper),
        "breaking a guard": len(broken), "breaking a guard promoted": sum(broken),
    }  # fmt: skip


def main() -> None:
    """Print how often both gates err, and what stopped clearly cheaper candidates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=600)
    parser.add_argument("--seed", type=int, default=2027)
    asked = parser.parse_args()
    rules, blocked = GateRules(), Counter[str]()
    now, before = [], []
    for case in cases(asked.candidates, asked.seed, rules):
        report = compare(case.photos, case.champion, case.candidate, rules)
        now.append((case, report.promote))
        before.append((case, gate_of_1_0.promotes(case.photos, case.champion, case.candidate)))
        if case.dearer_by <= -CLEARLY and not case.breaks and not report.promote:
            blocked.update(must.name for must in report.musts if not must.passed)
    lines = [f"{'':<28}{'this gate':>12}{'that of 1.0':>12}"]
    ours, theirs = rates(now), rates(before)
    lines += [f"{name:<28}{number:>12}{theirs[name]:>12}" for name, number in ours.items()]
    lines.append(f"What stopped clearly cheaper ones here: {dict(blocked)}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
