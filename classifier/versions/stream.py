"""The stream of photos that sellers send: its mix, and what becomes of 1,000 of them in one line.

A folder of test photos holds as many irrelevant photos as somebody collected. What a marketplace
gets is another mix, so figures that count everything weight each kind by its share of the stream.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from classifier.decision import Outcome

KINDS: Final = ("items", "near", "others")
ENDS: Final = ("right_subclass", "right_main_class", "wrong", "unknown")  # of a decision


@dataclass(frozen=True, slots=True)
class Mix:
    """The shares of the stream: items, near photos and others.

    Raises:
        ValueError: if a share is below 0, there are no items, or they do not add up to 1.
    """

    items: float = 0.85
    near: float = 0.10
    others: float = 0.05

    def __post_init__(self) -> None:
        shares = (self.items, self.near, self.others)
        # NaN fails these comparisons, as it should.
        if not (self.items > 0 and self.near >= 0 and self.others >= 0):
            raise ValueError(f"A mix has some items, and no share below 0; it is {shares}.")
        if not math.isclose(sum(shares), 1, abs_tol=1e-6):
            raise ValueError(f"The shares of a mix add up to 1; these add up to {sum(shares):g}.")

    @classmethod
    def parse(cls, text: str) -> "Mix":
        """Return the mix of a text such as ``85,10,5``: per cent of items, near photos, others.

        Raises:
            ValueError: if it is no such text.
        """
        try:
            items, near, others = (float(part) / 100 for part in text.split(","))
        except ValueError as error:
            raise ValueError(
                f"A mix is three numbers, per cent of items, near photos and others, such as "
                f"85,10,5; this is {text!r}."
            ) from error
        return cls(items, near, others)

    def of(self, kind: str) -> float:
        """Return the share of one of `KINDS`."""
        return {"items": self.items, "near": self.near, "others": self.others}[kind]

    def as_dict(self) -> dict[str, float]:
        """Return the shares by kind, JSON-ready."""
        return {kind: self.of(kind) for kind in KINDS}


DEFAULT_MIX: Final = Mix()


def kind_of(main: str | None, sub: str | None) -> str:
    """Return which of `KINDS` a photo with these true labels is."""
    if sub is not None:
        return "items"
    return "others" if main is None else "near"


def end_of(
    outcome: str, main: str | None, sub: str | None, true_main: str | None, true_sub: str | None
) -> str:
    """Return which of `ENDS` a decision comes to.

    A photo ends in one of four ways: rightly tagged with a subclass; with the right main class;
    with any wrong name (every subclass of a near photo is wrong, and every name of what is none of
    ours); or unknown.

    Args:
        outcome, main, sub: the decision.
        true_main, true_sub: what is true; None where there is no such label.
    """
    if outcome == Outcome.UNKNOWN:
        return "unknown"
    if outcome == Outcome.SUBCLASS:
        return "right_subclass" if true_sub is not None and sub == true_sub else "wrong"
    return "right_main_class" if true_main is not None and main == true_main else "wrong"


def cost_of(end: str, wrong_tag: float) -> float:
    """Return the reviews that one of `ENDS` costs; ``wrong_tag`` is what a wrong name is worth."""
    return {"right_subclass": 0.0, "wrong": wrong_tag}.get(end, 1.0)


def first_line(stream: Mapping[str, Any]) -> str:
    """Return what becomes of 1,000 photos, with intervals and the mix, in two sentences.

    Args:
        stream: the ``stream`` of an evaluation's figures (`training.evaluation.stream`).

    Raises:
        KeyError, TypeError, ValueError: if it is of another form.
    """
    counts = {name: _count(stream["per_1000"][name]) for name in stream["per_1000"]}
    return (
        f"Of 1,000 photos like these: {counts['right_subclass']} tagged rightly with a subclass, "
        f"{counts['right_main_class']} with a main class, {counts['wrong']} wrongly "
        f"({counts['wrong_others']} of them things we do not take), {counts['unknown']} to the "
        f"moderators. {mix_words(stream['mix'])}"
    )


def mix_words(mix: Mapping[str, float]) -> str:
    """Return the mix that figures are for, as a sentence."""
    names = {"items": "items", "near": "near photos", "others": "others"}
    shares = ", ".join(f"{100 * mix[kind]:.3g} % {names[kind]}" for kind in KINDS if mix[kind])
    return f"Mix: {shares}."


def _count(figure: Mapping[str, Any]) -> str:
    """Return a number of photos with its interval, such as ``688 (671–704)``."""
    number = f"{int(figure['photos'])}"
    if figure["interval"] is None:
        return number
    low, high = (round(bound) for bound in figure["interval"])
    return f"{number} ({low}–{high})"
