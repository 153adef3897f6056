"""Seconds an epoch: our trainer against a straightforward loop with the study's settings.

``PHOTOS_DIR=DIR python -m benchmarks.training --backbone FILE --strides v1`` trains on a few
photos of each subclass. The reference decodes each photo with PIL when it is its turn, in the same
process, and trains the whole network in fp32 on batches of 32: Adam, weighted cross-entropy on both
heads, rates halved on a plateau. Ours sees the same photos for as many epochs

- with the same recipe on the whole network: in bf16 where the processor calculates in it, on
  channels-last memory, with photos decoded beside the training;
- from stage 4 on: stages 1 to 3 stay as they came, and what they make of each photo's views is
  computed once. Its epochs are reported with and without that.

CPU seconds count every thread and reader, so they say more than the clock on a busy machine.
"""

import argparse
import logging
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple
from urllib.error import URLError

import torch
from PIL import Image
from torch import Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader, Dataset

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet, StridePlacement, with_imagenet_backbone
from classifier.photos.decoding import FORMATS
from training.data.augment import StudyAugmentation
from training.data.batches import BatchSource, PhotoBatches
from training.data.folder import Kind, Sample, read_photos
from training.data.splits.split import stratified_split
from training.data.targets import Targets, build_targets
from training.engine.config import TrainConfig
from training.engine.losses import heads_loss
from training.engine.presets import STUDY
from training.engine.stages import TrainedPart, TrainFrom, frozen_part
from training.engine.trainer import fit
from training.evaluation.scoring import truth_of
from training.features.cache import FeatureCacheBuilder, Views
from training.paper.recipe import scores_of
from training.runtime.devices import Precision, make_accelerator, resolve_precision

LEAST: Final = {"cuda": 3.0, "cpu": 1.5}


class Clock(NamedTuple):
    """Seconds on the wall, and of all processors together."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> "Clock":
        times = os.times()
        return cls(
            time.monotonic(),
            times.user + times.system + times.children_user + times.children_system,
        )

    def since(self) -> "Clock":
        now = Clock.now()
        return Clock(now.wall - self.wall, now.cpu - self.cpu)

    def __add__(self, other: "Clock") -> "Clock":  # type: ignore[override]  # no tuple's sum
        return Clock(self.wall + other.wall, self.cpu + other.cpu)


@dataclass
class Trained:
    """One trainer's epochs."""

    name: str
    training: Clock = field(default_factory=lambda: Clock(0, 0))
    cache_building: Clock = field(default_factory=lambda: Clock(0, 0))
    accuracies: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Course:
    """What all trainers are given."""

    train: list[Sample]
    validation: list[Sample]
    epochs: int
    seed: int
    backbone: str
    strides: StridePlacement

    def network(self) -> HierarchicalResNet:
        """Return the network that all begin with."""
        torch.manual_seed(self.seed)
        return with_imagenet_backbone(self.backbone, self.strides)


def course(asked: argparse.Namespace) -> Course:
    """Take the first photos of each subclass on both sides of the split."""
    split = stratified_split(read_photos(asked.photos), seed=0)

    def some(samples: list[Sample], each: int) -> list[Sample]:
        taken: dict[str, list[Sample]] = defaultdict(list)
        for sample in sorted(samples, key=lambda s: s.group):
            if sample.kind is Kind.ITEM and len(taken[sample.stratum]) < each:
                taken[sample.stratum].append(sample)
        return [sample for chosen in taken.values() for sample in chosen]

    held_out = [*split.validation, *split.test]
    return Course(
        some(split.train, asked.each),
        some(held_out, asked.each),
        asked.epochs,
        asked.seed,
        asked.backbone,
        asked.strides,
    )


class PlainPhotos(Dataset[tuple[int, Tensor]]):
    """A photo decoded and augmented when its turn comes, as most loops do it."""

    def __init__(self, samples: list[Sample], preprocessing: Preprocessing) -> None:
        self._samples, self._augment, self._preprocessing = (
            samples,
            StudyAugmentation(preprocessing),
            preprocessing,
        )

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> tuple[int, Tensor]:
        with Image.open(self._samples[index].path, formats=FORMATS) as photo:
            pixels = self._augment(photo.convert("RGB")).float() / 255
        mean, std = (
            torch.tensor(v).view(3, 1, 1)
            for v in (self._preprocessing.mean, self._preprocessing.std)
        )
        return index, (pixels - mean) / std


def straightforward(given: Course) -> Trained:
    """Train as a notebook would."""
    device, preprocessing = make_accelerator().device, Preprocessing()
    network = given.network().to(device)
    part = TrainedPart(network, TrainFrom.ALL)
    optimizer = Adam(part.parameter_groups(backbone_lr=1e-4, head_lr=1e-3))
    schedule = ReduceLROnPlateau(optimizer, mode="max", factor=0.5, patience=3)
    loader = DataLoader(PlainPhotos(given.train, preprocessing), batch_size=32, shuffle=True)
    targets = build_targets(given.train)
    held_out = PhotoBatches(given.validation, preprocessing)
    trained = Trained("straightforward loop, whole network, fp32")
    for _ in range(given.epochs):
        began = Clock.now()
        part.train()
        for rows, photos in loader:
            loss = heads_loss(part(photos.to(device)), targets.rows(rows).on(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        trained.training += began.since()
        trained.accuracies.append(accuracy(part, held_out, given))
        schedule.step(trained.accuracies[-1])
    return trained


def accuracy(part: TrainedPart, held_out: BatchSource, given: Course) -> float:
    """Return the share of validation photos with the right subclass."""
    predicted = scores_of(part, held_out).sub.argmax(1)
    return float((predicted == truth_of(given.validation).sub).mean())


def ours(given: Course, name: str, config: TrainConfig) -> Trained:
    """Train with `training.engine.trainer.fit`."""
    trained, preprocessing = Trained(name), STUDY.preprocessing
    network = given.network()
    augmentation = STUDY.augmentation.made_for(preprocessing)
    began = Clock.now()
    with tempfile.TemporaryDirectory() as folder:
        if config.train_from is TrainFrom.ALL:
            batches: BatchSource = PhotoBatches(given.train, preprocessing, augmentation)
            held_out: BatchSource = PhotoBatches(given.validation, preprocessing)
        else:
            frozen = frozen_part(network, config.train_from).to(make_accelerator().device)
            caches = FeatureCacheBuilder(frozen, preprocessing, Path(folder), {}, config.precision)
            views = Views(augmentation, STUDY.augmentation, 2, evaluation_view=False)
            batches = caches.build(given.train, "training", views)
            trained.cache_building = began.since()
            held_out = caches.build(given.validation, "validation")
        targets = build_targets(given.train, smoothing=config.smoothing)
        fit_timed(
            network, batches, targets, config, lambda p: accuracy(p, held_out, given), trained
        )
    return trained


def fit_timed(
    network: HierarchicalResNet,
    batches: BatchSource,
    targets: Targets,
    config: TrainConfig,
    accuracy_of: Callable[[TrainedPart], float],
    trained: Trained,
) -> None:
    """Train, and keep what validation takes out of the time."""
    validating = Clock(0, 0)

    def timed(part: TrainedPart) -> float:
        nonlocal validating
        began = Clock.now()
        trained.accuracies.append(accuracy_of(part))
        validating += began.since()
        return trained.accuracies[-1]

    began = Clock.now()
    fit(network, batches, targets, config, timed, checkpoint=None)
    whole = began.since()
    trained.training = Clock(whole.wall - validating.wall, whole.cpu - validating.cpu)


def native_precision() -> Precision:
    """Return bf16 where the device multiplies in it, else fp32."""
    if torch.cuda.is_available():
        return resolve_precision(Precision.AUTO, make_accelerator().device)
    flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    return Precision.BF16 if {"avx512_bf16", "amx_bf16"} & set(flags) else Precision.FP32


def measure(given: Course) -> list[Trained]:
    """Train with the reference and with ours."""
    native = native_precision()
    trained = [straightforward(given)]
    whole = replace(STUDY.config, epochs=given.epochs, seed=given.seed, precision=native)
    trained.append(ours(given, f"ours, the same recipe, {native}", whole))
    for precision in dict.fromkeys((Precision.FP32, native)):
        part = replace(whole, train_from=TrainFrom.LAYER4, precision=precision)
        trained.append(ours(given, f"ours, the same recipe from stage 4, {precision}", part))
    return trained


def as_table(trained: list[Trained], given: Course) -> str:
    """Return the table; ratios are those of the reference's seconds to each trainer's."""
    reference = trained[0].training
    lines = [
        "| trainer | s an epoch | with building the cache | ratio | with the cache | ratio, CPU s "
        "| with the cache, CPU s | best validation accuracy |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in trained:
        both = one.training + one.cache_building
        cells = [
            one.name,
            f"{one.training.wall / given.epochs:.1f}",
            f"{both.wall / given.epochs:.1f}",
            f"{reference.wall / one.training.wall:.1f}",
            f"{reference.wall / both.wall:.1f}",
            f"{reference.cpu / one.training.cpu:.1f}",
            f"{reference.cpu / both.cpu:.1f}",
            f"{max(one.accuracies):.1%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("PHOTOS_DIR")
    parser.add_argument("--photos", type=Path, default=Path(default) if default else None)
    parser.add_argument("--backbone", default="IMAGENET1K_V2")
    parser.add_argument("--strides", type=StridePlacement, default=StridePlacement.V1_5)
    parser.add_argument("--each", type=int, default=20, help="photos of a subclass, on both sides")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    if asked.photos is None:
        print("Training is not measured: PHOTOS_DIR names no folder of photos.")  # noqa: T201  # a benchmark speaks
        return
    logging.basicConfig(level=logging.WARNING)
    given = course(asked)
    device = make_accelerator().device.type
    print(  # noqa: T201  # a benchmark speaks
        f"{len(given.train)} photos to train on, {len(given.validation)} to validate on, "
        f"{given.epochs} epochs, seed {given.seed}, on {device}.",
        flush=True,
    )
    try:
        trained = measure(given)
    except URLError as error:
        print(f"Training is not measured: {given.backbone} cannot be had ({error.reason}).")  # noqa: T201  # a benchmark speaks
        return
    print(as_table(trained, given))  # noqa: T201  # a benchmark speaks
    least, reference = LEAST[device], trained[0]
    fit_for = [t for t in trained[1:] if max(t.accuracies) >= max(reference.accuracies)]
    ratio = max((reference.training.wall / t.training.wall for t in fit_for), default=0.0)
    verdict = "as wanted" if ratio >= least else "below what is wanted"
    print(  # noqa: T201  # a benchmark speaks
        f"At equal or better validation accuracy {ratio:.1f} times as fast; {verdict} "
        f"({least} on {device})."
    )


if __name__ == "__main__":
    main()
