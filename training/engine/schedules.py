"""How the learning rates change: after every step, or after an epoch without a better score."""

import math
from typing import Any, Final, Protocol

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from training.engine.config import Schedule, TrainConfig

FACTOR: Final = 0.5  # both the study's
PATIENCE: Final = 3


class RateSchedule(Protocol):
    """Sets the rates of an optimiser's groups."""

    def after_step(self) -> None:
        """Count a step of the weights."""

    def after_epoch(self, score: float) -> None:
        """Use a validation score; higher is better."""

    def state(self) -> dict[str, Any]:
        """Return where it stands, JSON-ready."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a `state`, and set the rates."""


def schedule_of(config: TrainConfig, optimizer: Optimizer, steps: int) -> RateSchedule:
    """Return the schedule that the settings name, for ``steps`` steps in all."""
    if config.schedule is Schedule.PLATEAU:
        return HalvedOnPlateau(optimizer)
    return WarmCosine(optimizer, steps, config.warmup)


class WarmCosine:
    """A rise over the first share of all steps, then a cosine to zero."""

    def __init__(self, optimizer: Optimizer, steps: int, warmup: float) -> None:
        rise = max(1, round(steps * warmup))

        def rate(step: int) -> float:
            if step < rise:
                return (step + 1) / rise
            return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

        self._optimizer, self._rate = optimizer, rate
        self._schedule = LambdaLR(optimizer, rate)

    def after_step(self) -> None:
        """Go on along the curve."""
        self._schedule.step()

    def after_epoch(self, score: float) -> None:
        """Do nothing: the curve does not depend on scores."""

    def state(self) -> dict[str, Any]:
        """Return how many steps were taken."""
        return {"steps": self._schedule.last_epoch}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to so many steps."""
        self._schedule.last_epoch = state["steps"]
        for group in self._optimizer.param_groups:
            group["lr"] = group["initial_lr"] * self._rate(state["steps"])


class HalvedOnPlateau:
    """The study's: half the rates after three epochs without a better score."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        self._schedule = ReduceLROnPlateau(optimizer, mode="max", factor=FACTOR, patience=PATIENCE)

    def after_step(self) -> None:
        """Do nothing: the rates change between epochs only."""

    def after_epoch(self, score: float) -> None:
        """Halve the rates if it was not better for too long."""
        self._schedule.step(score)

    def state(self) -> dict[str, Any]:
        """Return the best score, for how long there was no better one, and the rates."""
        return {
            "best": self._schedule.best,
            "waited": self._schedule.num_bad_epochs,
            "rates": [group["lr"] for group in self._optimizer.param_groups],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a `state`, and set the rates."""
        self._schedule.best, self._schedule.num_bad_epochs = state["best"], state["waited"]
        for group, rate in zip(self._optimizer.param_groups, state["rates"], strict=True):
            group["lr"] = rate
