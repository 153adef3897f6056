"""All drawings by slug."""

from collections.abc import Callable

from . import (
    boots,
    clutches,
    dresses,
    flats,
    heels,
    indoors,
    near,
    outdoors,
    outerwear,
    shoulder_bags,
    skirts,
    totes,
)

DRAWINGS: dict[str, Callable[[], str]] = {
    **dresses.DRAWINGS,
    **outerwear.DRAWINGS,
    **skirts.DRAWINGS,
    **boots.DRAWINGS,
    **flats.DRAWINGS,
    **heels.DRAWINGS,
    **clutches.DRAWINGS,
    **shoulder_bags.DRAWINGS,
    **totes.DRAWINGS,
    **near.DRAWINGS,
    **indoors.DRAWINGS,
    **outdoors.DRAWINGS,
}
