"""What the gate needs of a model: its answers for the test photos, as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """One model's answers for the same N photos.

    Attributes:
        main, sub: index of the best class, before any decision rule.
        main_confidence, sub_confidence: its probability, 0 to 1.
        tag: index of the subclass that the decision names; -1 where it names none.
        unknown: whether the decision is unknown.
    """

    main: Ints
    sub: Ints
    main_confidence: Floats
    sub_confidence: Floats
    tag: Ints
    unknown: Bools
