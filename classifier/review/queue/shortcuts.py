"""The keys of the queue page: the buttons, the help and the docs all come from here."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from classifier.models import Review
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, TAXONOMY, label_path
from classifier.wording import in_words


@dataclass(frozen=True, slots=True)
class Key:
    """One key, what it is for, and the verdict it gives if it gives one."""

    key: str
    name: str
    does: str
    verdict: str = ""
    main: str = ""
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A main class with the keys of its subclasses, and the one that names it alone."""

    main: str
    keys: tuple[Key, ...]


# In the order of the taxonomy, so that rows of a number pad are main classes.
_SUB_KEYS: Final = dict(zip(SUBCLASSES, "123456789", strict=True))
_MAIN_KEYS: Final = dict(zip(MAIN_CLASSES, "QWE", strict=True))


def _group(main: str) -> Group:
    subs = [
        Key(_SUB_KEYS[sub], sub, f"decides {main} › {sub}", Review.Verdict.SUBCLASS, main, sub)
        for sub in TAXONOMY[main]
    ]
    alone = Key(
        _MAIN_KEYS[main],
        f"{main} only",
        f"decides {main}, kind unclear",
        Review.Verdict.MAIN_CLASS,
        main,
    )
    return Group(main, (*subs, alone))


GROUPS: Final = tuple(_group(main) for main in MAIN_CLASSES)
OTHERS: Final = (
    Key(
        "0",
        gettext_noop("Not one of ours"),
        gettext_noop("decides that it shows none of our goods"),
        Review.Verdict.NOT_OURS,
    ),
    Key(
        "X",
        gettext_noop("Bad photo"),
        gettext_noop("decides that nobody can tell from this photo"),
        Review.Verdict.BAD_PHOTO,
    ),
)
OFFERS: Final = (
    Key(
        "Y",
        gettext_noop("Yes"),
        gettext_noop("decides what the page says; of Unknown/Others, “Not one of ours”"),
    ),
    Key(
        "J",
        gettext_noop("Likeliest"),
        gettext_noop("decides the likeliest subclass, where the model is not sure of one"),
    ),
    Key(
        "K", gettext_noop("Second"), gettext_noop("decides the second likeliest subclass, likewise")
    ),
)
ACTIONS: Final = (
    Key(
        "A",
        gettext_noop("All"),
        gettext_noop("makes your next verdict one for all photos of the listing"),
    ),
    Key(
        "R",
        gettext_noop("Reason"),
        gettext_noop("gives the seller a reason for your next verdict, or a line of your own"),
    ),
    Key("S", gettext_noop("Skip"), gettext_noop("leaves this photo to the others")),
    Key(
        "U",
        gettext_noop("Undo"),
        gettext_noop("takes your last verdict back and shows the photo again"),
    ),
    Key(
        "B",
        gettext_noop("Back"),
        gettext_noop("returns to the photo before, whatever you did with it"),
    ),
    Key(
        "Z",
        gettext_noop("Zoom"),
        gettext_noop("makes the photo larger, or whole again; + and - by steps, arrows move it"),
    ),
    Key(
        "O",
        gettext_noop("Other"),
        gettext_noop("shows the other photos of the listing, one after the other"),
    ),
    Key("M", gettext_noop("Map"), gettext_noop("shows where the model looked")),
    Key(
        "G",
        gettext_noop("Guidelines"),
        gettext_noop("shows for each class when a photo is of it, with examples"),
    ),
    Key("?", gettext_noop("Help"), gettext_noop("shows this list")),
)


def reasons() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return name and value of each verdict that takes a reason, with key, value and words."""
    keys = iter("123456789")
    return [
        (_(other.name), other.verdict, [
            (next(keys), because.value, str(because.label))
            for because in Review.BECAUSE[Review.Verdict(other.verdict)]
        ])
        for other in OTHERS
    ]  # fmt: skip


def name_of(key: Key) -> str:
    """Return what a key's button says, in the reader's language."""
    if key.main and not key.sub:
        return _("%(main)s only") % {"main": in_words(key.main)}
    return _(key.name)


def purpose_of(key: Key) -> str:
    """Return what a key does, in the reader's language."""
    if key.sub:
        return _("decides %(label)s") % {"label": label_of(key)}
    if key.main:
        return _("decides %(main)s, kind unclear") % {"main": in_words(key.main)}
    return _(key.does)


def label_of(key: Key) -> str:
    """Return the verdict that a key gives, with its main class, in the reader's language."""
    return in_words(label_path(key.main, key.sub)) if key.sub else name_of(key)


def verdict_keys() -> tuple[Key, ...]:
    """Return the keys that give a verdict of their own."""
    return (*(key for group in GROUPS for key in group.keys), *OTHERS)


def every_key() -> tuple[Key, ...]:
    """Return all keys of the page."""
    return (*verdict_keys(), *OFFERS, *ACTIONS)
