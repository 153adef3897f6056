"""How much worse each figure of a candidate may become."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Margin:
    """How much worse a figure may become.

    Attributes:
        at_most: a loss beyond this blocks, whether proven or not.
        if_certain: a loss beyond this blocks once chance does not explain it.
    """

    at_most: float
    if_certain: float


@dataclass(frozen=True, slots=True)
class Margins:
    """The stated margins; all are differences of shares. docs/retraining.md says what they catch.

    ``overall`` must be excluded: the one-sided 95 % bound of the difference lies above its
    negative. The rest are blocked by losses as `Margin` says.
    """

    overall: float = 0.015
    main: Margin = Margin(0.01, 0.0)
    subclass: Margin = Margin(0.10, 0.03)
    coverage: Margin = Margin(0.05, 0.02)
    wrong_tags: Margin = Margin(0.02, 0.005)
    near: Margin = Margin(0.10, 0.03)
    rejection: Margin = Margin(0.04, 0.01)
    calibration: Margin = Margin(0.03, 0.01)
