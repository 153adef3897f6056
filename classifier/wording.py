"""What sellers and moderators read about a photo: the fallback in words.

The seller's page, the API and the admin take their sentences from here, so that they agree.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from classifier.decision import Outcome, Reason
from classifier.taxonomy import TAXONOMY

PENDING: Final = gettext_lazy("We are looking at this photo.")
FAILED: Final = gettext_lazy("This photo could not be read. Please send it again.")
STORAGE_UNAVAILABLE: Final = gettext_lazy(
    "Our photo storage does not answer. Please try again in a minute."
)

# Names that are kept in the database, for the catalogs; a label is said part by part.
NAMES: Final = (
    gettext_noop("Clothing"), gettext_noop("Dresses"), gettext_noop("Outerwear"),
    gettext_noop("Skirts"), gettext_noop("Shoes"), gettext_noop("Boots"), gettext_noop("Flats"),
    gettext_noop("High Heels"), gettext_noop("Bags"), gettext_noop("Clutches"),
    gettext_noop("Shoulder Bags"), gettext_noop("Tote Bags"), gettext_noop("Unknown/Others"),
    gettext_noop("Not one of ours"), gettext_noop("Bad photo"), gettext_noop("Undone"),
)  # fmt: skip
_BETWEEN: Final = " › "

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

_WHICH_KIND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Clothing": gettext_noop("Looks like a piece of clothing. Which kind?"),
        "Shoes": gettext_noop("Looks like a pair of shoes. Which kind?"),
        "Bags": gettext_noop("Looks like a bag. Which kind?"),
    }
)
_UNKNOWN: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.MAIN_BELOW_THRESHOLD: gettext_noop(
            "We are not sure what this is. A clear photo of the whole item usually helps."
        ),
        Reason.OUT_OF_DISTRIBUTION: gettext_noop(
            "This looks like neither clothing, shoes nor a bag."
        ),
    }
)


def in_words(label: str) -> str:
    """Return a class or a label such as ``Bags › Tote Bags`` in the reader's language."""
    return _BETWEEN.join(_(part) for part in label.split(_BETWEEN)) if label else ""


def joined(names: Sequence[str]) -> str:
    """Return names in the reader's language as one list: one, two and three."""
    *most, last = names
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last


def explain(*, outcome: str | None, reason: str | None, main: str | None) -> str:
    """Return why a photo fell back, in words; empty when it got its subclass or has no outcome.

    Raises:
        ValueError: if ``outcome`` or ``reason`` is none that the decision knows.
    """
    if outcome is None or Outcome(outcome) is Outcome.SUBCLASS:
        return ""
    if Outcome(outcome) is Outcome.MAIN_CLASS and main is not None:
        return _(_WHICH_KIND[main])
    if reason is None:
        raise ValueError("An unknown photo has a reason; this one has none.")
    return _(_UNKNOWN.get(Reason(reason), _UNKNOWN[Reason.MAIN_BELOW_THRESHOLD]))


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
