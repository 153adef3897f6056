"""What sellers and moderators read about a photo: the fallback in words.

The seller's page, the API and the admin take their sentences from here, so that they agree.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from classifier.decision import Outcome, Reason
from classifier.taxonomy import TAXONOMY

PENDING: Final = "We are looking at this photo."
FAILED: Final = "This photo could not be read. Please send it again."
STORAGE_UNAVAILABLE: Final = "Our photo storage does not answer. Please try again in a minute."

# What lists and filters call them, as Django's choices.
OUTCOMES: Final = (
    (Outcome.SUBCLASS.value, "subclass"),
    (Outcome.MAIN_CLASS.value, "fell back to the main class"),
    (Outcome.UNKNOWN.value, "Unknown/Others"),
)
REASONS: Final = (
    (Reason.MAIN_BELOW_THRESHOLD.value, "main class not sure enough"),
    (Reason.SUB_BELOW_THRESHOLD.value, "subclass not sure enough"),
    (Reason.SUB_OUTSIDE_MAIN.value, "subclass belongs to another main class"),
    (Reason.OUT_OF_DISTRIBUTION.value, "looks like none of our goods"),
)

_ONE_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"Clothing": "a piece of clothing", "Shoes": "a pair of shoes", "Bags": "a bag"}
)
_UNKNOWN: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.MAIN_BELOW_THRESHOLD: (
            "We are not sure what this is. A clear photo of the whole item usually helps."
        ),
        Reason.OUT_OF_DISTRIBUTION: "This looks like neither clothing, shoes nor a bag.",
    }
)


def explain(*, outcome: str | None, reason: str | None, main: str | None) -> str:
    """Return why a photo fell back, in words; empty when it got its subclass or has no outcome.

    Raises:
        ValueError: if ``outcome`` or ``reason`` is none that the decision knows.
    """
    if outcome is None or Outcome(outcome) is Outcome.SUBCLASS:
        return ""
    if Outcome(outcome) is Outcome.MAIN_CLASS and main is not None:
        return f"Looks like {_ONE_OF[main]}. Which kind?"
    if reason is None:
        raise ValueError("An unknown photo has a reason; this one has none.")
    return _UNKNOWN.get(Reason(reason), _UNKNOWN[Reason.MAIN_BELOW_THRESHOLD])


def kinds(*, outcome: str | None, main: str | None) -> tuple[str, ...]:
    """Return the subclasses that come into question where only the main class is known."""
    if outcome != Outcome.MAIN_CLASS or main is None:
        return ()
    return TAXONOMY[main]


def percent(share: float | None) -> str:
    """Return a confidence as people read it: ``96 %``; never rounded up to a false certainty."""
    if share is None:
        return ""
    return f"{min(99, round(share * 100)) if share < 1 else 100} %"


def listed(names: Sequence[str]) -> str:
    """Return names as they are said: one, two and three."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
