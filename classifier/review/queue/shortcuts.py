"""The keys of the queue page: the buttons, the help and the docs all come from here."""

from dataclasses import dataclass
from typing import Final

from classifier.models import Review
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, TAXONOMY


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
    Key("0", "Not one of ours", "decides that it shows none of our goods", Review.Verdict.NOT_OURS),
    Key("X", "Bad photo", "decides that nobody can tell from this photo", Review.Verdict.BAD_PHOTO),
)
OFFERS: Final = (
    Key("Y", "Yes", "decides what the page says; of Unknown/Others, “Not one of ours”"),
    Key("J", "Likeliest", "decides the likeliest subclass, where the model is not sure of one"),
    Key("K", "Second", "decides the second likeliest subclass, likewise"),
)
ACTIONS: Final = (
    Key("A", "All", "makes your next verdict one for all photos of the listing"),
    Key("R", "Reason", "gives the seller a reason for your next verdict, or a line of your own"),
    Key("S", "Skip", "leaves this photo to the others"),
    Key("U", "Undo", "takes your last verdict back and shows the photo again"),
    Key("B", "Back", "returns to the photo before, whatever you did with it"),
    Key("Z", "Zoom", "makes the photo larger, or whole again; + and - by steps, arrows move it"),
    Key("O", "Other", "shows the other photos of the listing, one after the other"),
    Key("M", "Map", "shows where the model looked"),
    Key("G", "Guidelines", "shows for each class when a photo is of it, with examples"),
    Key("?", "Help", "shows this list"),
)


def reasons() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return name and value of each verdict that takes a reason, with key, value and words."""
    keys = iter("123456789")
    return [
        (other.name, other.verdict, [
            (next(keys), because.value, str(because.label))
            for because in Review.BECAUSE[Review.Verdict(other.verdict)]
        ])
        for other in OTHERS
    ]  # fmt: skip


def verdict_keys() -> tuple[Key, ...]:
    """Return the keys that give a verdict of their own."""
    return (*(key for group in GROUPS for key in group.keys), *OTHERS)


def every_key() -> tuple[Key, ...]:
    """Return all keys of the page."""
    return (*verdict_keys(), *OFFERS, *ACTIONS)
