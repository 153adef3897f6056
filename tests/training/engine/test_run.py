"""A run's steps and its moves."""

import copy
from dataclasses import replace

import torch

from classifier.ml.network import HierarchicalResNet
from classifier.taxonomy import SUBCLASSES
from tests.training.labelled import item, other
from training.data.targets import build_targets
from training.engine.config import TrainConfig
from training.engine.run import Run
from training.engine.stages import TrainFrom

HEADS = TrainConfig(train_from=TrainFrom.HEADS, dropout=0.0)


def test_drawn_photos_come_in_balanced_shares() -> None:
    """Of 9 kinds of items and one photo of others, the one photo is a quarter of what is drawn."""
    samples = [*(item(sub) for sub in SUBCLASSES for _ in range(20)), other()]
    config = replace(HEADS, draws=4000, batch_size=100)
    run = Run(HierarchicalResNet(), config, build_targets(samples))
    steps = run.steps(1)
    assert [len(step) for step in steps] == [100] * 40
    drawn = torch.cat([torch.from_numpy(step) for step in steps])
    assert 0.25 < (drawn == 180).float().mean() < 0.37  # 0.25 of 0.8: there are no near photos
    assert len(drawn.unique()) > 170
    again = torch.cat([torch.from_numpy(step) for step in run.steps(2)])
    assert not torch.equal(drawn, again)


def test_a_gradient_is_no_longer_than_its_clip() -> None:
    """A loss a thousand times as large moves the weights no further than one that is clipped."""
    targets = build_targets([item(sub) for sub in SUBCLASSES])
    run = Run(HierarchicalResNet(), replace(HEADS, clip=0.5), targets)
    loss, _ = run.forward(torch.rand(9, 2048), targets)
    run.step(1000 * loss)
    squares = [p.grad.square().sum() for p in run.part.parameters() if p.grad is not None]
    assert torch.stack(squares).sum().sqrt() < 0.51


def test_the_average_of_a_short_run_leaves_its_first_step_behind() -> None:
    """After 20 steps it is nearer to the last weights than to the first; restored, it goes on."""
    targets = build_targets([item(sub) for sub in SUBCLASSES])
    config = replace(HEADS, ema=0.995, warmup=0.0, epochs=30)
    run = Run(HierarchicalResNet(), config, targets)
    features = torch.rand(9, 2048, generator=torch.Generator().manual_seed(0))

    def steps(run: Run, count: int) -> torch.Tensor:
        for _ in range(count):
            run.step(run.forward(features, targets)[0])
        return run.part.sub_head.weight.detach().clone()

    first, last = steps(run, 1), steps(run, 19)
    averaged = run.averaged().sub_head.weight.detach()
    assert (averaged - last).norm() < 0.6 * (averaged - first).norm()
    again = Run(HierarchicalResNet(), config, targets)
    again.restore(*copy.deepcopy(run.state()))
    steps(run, 3)
    steps(again, 3)
    assert torch.equal(again.averaged().sub_head.weight, run.averaged().sub_head.weight)
