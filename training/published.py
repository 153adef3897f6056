"""The study's own figures, as published; shares are 0 to 1. Ours stand beside these."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

# What its summary claims.
MAIN_ACCURACY: Final = 0.99
SUB_ACCURACY: Final = 0.93
OTHERS_REJECTED: Final = 0.80  # "up to"

PHASE_1_EPOCHS: Final = (5, 10, 15, 30)
PHASE_2_EPOCHS: Final = (20, 35, 48, 60)


class Figures(NamedTuple):
    """One column of a table: a training length and what came of it."""

    accuracy: float
    macro: float
    weighted: float | None  # not given for the subclasses of Phase 2
    support: int


class Recall(NamedTuple):
    """Recall of one subclass on ``support`` photos."""

    recall: float
    support: int


def _columns(
    accuracy: tuple[float, ...],
    macro: tuple[float, ...],
    weighted: tuple[float | None, ...],
    support: tuple[int, ...],
) -> tuple[Figures, ...]:
    return tuple(map(Figures, accuracy, macro, weighted, support))


PHASE_1_MAIN: Final = _columns(
    (0.98, 0.98, 0.97, 0.98), (0.46, 0.33, 0.55, 0.43), (0.97,) * 4, (1209,) * 4
)
PHASE_1_SUB: Final = _columns(
    (0.72, 0.71, 0.85, 0.69),
    (0.47, 0.32, 0.44, 0.66),
    (0.66, 0.68, 0.85, 0.68),
    (340, 314, 805, 194),
)
PHASE_2_MAIN: Final[Mapping[int, tuple[Figures, ...]]] = MappingProxyType(
    {
        16: _columns((0.97, 0.98, 0.98, 0.98), (0.73,) * 4, (0.98, 0.98, 0.99, 0.98), (1658,) * 4),
        32: _columns((0.98, 0.99, 0.99, 0.98), (0.73, 0.74, 0.74, 0.74), (0.99,) * 4, (1658,) * 4),
    }
)
PHASE_2_SUB: Final[Mapping[int, tuple[Figures, ...]]] = MappingProxyType(
    {
        16: _columns(
            (0.92, 0.92, 0.93, 0.94),
            (0.93, 0.92, 0.94, 0.94),
            (None,) * 4,
            (1368, 1449, 1448, 1440),
        ),
        32: _columns(
            (0.93, 0.92, 0.92, 0.93),
            (0.94, 0.93, 0.93, 0.93),
            (None,) * 4,
            (1421, 1479, 1492, 1492),
        ),
    }
)
BEST_VALIDATION: Final[Mapping[int, float]] = MappingProxyType({16: 0.9825, 32: 0.9897})
RARE_RECALL: Final[Mapping[str, tuple[Recall, Recall]]] = MappingProxyType(
    {
        "Clutches": (Recall(0.00, 1), Recall(0.89, 84)),
        "Tote Bags": (Recall(0.00, 0), Recall(0.98, 85)),
        "Shoulder Bags": (Recall(0.33, 2), Recall(0.91, 57)),
        "High Heels": (Recall(0.00, 1), Recall(0.99, 68)),
        "Boots": (Recall(0.00, 2), Recall(0.93, 59)),
        "Flats": (Recall(0.31, 4), Recall(0.95, 93)),
    }
)
PHASE_1_CAP: Final = 16  # photos of each of the six rare subclasses
IMAGES_USED: Final[Mapping[str, tuple[int, int | None]]] = MappingProxyType(
    {
        "Dresses": (2000, None),
        "Outerwear": (2000, None),
        "Skirts": (1921, None),
        "Boots": (16, 308),
        "Flats": (16, 484),
        "High Heels": (16, 362),
        "Clutches": (16, 439),
        "Shoulder Bags": (16, 306),
        "Tote Bags": (16, 430),
    }
)
