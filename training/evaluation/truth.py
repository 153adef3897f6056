"""The true labels of photos as arrays; without torch, since the gate compares without it too."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.folder import Sample


@dataclass(frozen=True, slots=True)
class Truth:
    """The true labels of N photos, each (N,); an index is -1 where there is no such label.

    Attributes:
        main, sub: indices of main class and subclass.
        groups: names of products; photos of one product are not independent.
    """

    main: NDArray[np.intp]
    sub: NDArray[np.intp]
    groups: NDArray[np.str_]

    @property
    def items(self) -> NDArray[np.bool_]:
        """Which photos show an item of a subclass."""
        return self.sub >= 0

    @property
    def near(self) -> NDArray[np.bool_]:
        """Which photos show a main class, but none of its subclasses."""
        return (self.main >= 0) & (self.sub < 0)

    @property
    def others(self) -> NDArray[np.bool_]:
        """Which photos show none of our goods."""
        return self.main < 0


def truth_of(samples: Sequence[Sample]) -> Truth:
    """Return the labels of samples as indices."""
    return Truth(
        main=np.array([MAIN_CLASSES.index(s.main) if s.main else -1 for s in samples]),
        sub=np.array([SUBCLASSES.index(s.sub) if s.sub else -1 for s in samples]),
        groups=np.array([s.group for s in samples]),
    )
