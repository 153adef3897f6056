"""The label tree: the only list of classes in the repository.

Order matters: index ``i`` of a head's output is entry ``i`` of `MAIN_CLASSES` or `SUBCLASSES`.
Every bundle carries a copy of the tree and is refused when it differs from this one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TAXONOMY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Clothing": ("Dresses", "Outerwear", "Skirts"),
        "Shoes": ("Boots", "Flats", "High Heels"),
        "Bags": ("Clutches", "Shoulder Bags", "Tote Bags"),
    }
)

MAIN_CLASSES: Final[tuple[str, ...]] = tuple(TAXONOMY)
SUBCLASSES: Final[tuple[str, ...]] = tuple(sub for subs in TAXONOMY.values() for sub in subs)
MAIN_OF: Final[Mapping[str, str]] = MappingProxyType(
    {sub: main for main, subs in TAXONOMY.items() for sub in subs}
)

UNKNOWN_LABEL: Final = "Unknown/Others"


def label_path(main: str | None, sub: str | None) -> str:
    """Return a tag as people read it: ``Bags › Tote Bags``, ``Bags`` or ``Unknown/Others``."""
    if main is None:
        return UNKNOWN_LABEL
    return main if sub is None else f"{main} › {sub}"
