"""Learning rates change as they should, also when a run was stopped."""

import pytest
import torch
from torch.optim import SGD

from training.engine.config import Schedule, TrainConfig
from training.engine.schedules import RateSchedule, schedule_of


def begun(schedule: Schedule) -> tuple[SGD, RateSchedule]:
    """Return an optimiser with rates 1 and 0.1, and a schedule of 100 steps."""
    first, second = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    optimizer = SGD([{"params": [first], "lr": 1.0}, {"params": [second], "lr": 0.1}])
    made = schedule_of(TrainConfig(schedule=schedule, warmup=0.1), optimizer, 100)
    optimizer.step()  # torch warns where a schedule comes before the first step
    return optimizer, made


def rates(optimizer: SGD) -> list[float]:
    return [group["lr"] for group in optimizer.param_groups]


def test_the_studys_rates_halve_after_three_epochs_without_a_better_score() -> None:
    """Three epochs may pass without a better one; the fourth halves both rates."""
    optimizer, schedule = begun(Schedule.PLATEAU)
    for score in (1.0, 1.2, 1.1, 1.2, 1.2):
        schedule.after_epoch(score)
    assert rates(optimizer) == [1.0, 0.1]
    schedule.after_epoch(1.2)
    assert rates(optimizer) == [0.5, 0.05]


def test_the_cosine_rises_and_falls_to_nothing() -> None:
    """The rates rise over the first tenth of all steps and end at zero."""
    optimizer, schedule = begun(Schedule.COSINE)
    shares = []
    for _ in range(100):
        shares.append(rates(optimizer)[0])
        schedule.after_step()
    assert shares[0] == pytest.approx(0.1)
    assert max(shares) == shares[10] == 1.0
    assert shares[-1] < 0.01
    assert rates(optimizer)[1] == pytest.approx(0)


@pytest.mark.parametrize("kind", Schedule)
def test_a_schedule_goes_on_where_it_stood(kind: Schedule) -> None:
    """Restored in the middle, it sets the rates that it would have set."""
    optimizer, schedule = begun(kind)
    again, other = begun(kind)
    for epoch in range(12):
        if epoch == 6:
            other.restore(schedule.state())
        for one in (schedule,) if epoch < 6 else (schedule, other):
            for _ in range(8):
                one.after_step()
            one.after_epoch(1.0)
    assert rates(again) == pytest.approx(rates(optimizer))
    assert rates(again) != [1.0, 0.1]
