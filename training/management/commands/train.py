"""`manage.py train --photos DIR`: from a folder of photos to a bundle."""

import logging
from argparse import BooleanOptionalAction, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)

from classifier.ml.network import HeadLayout, StridePlacement
from classifier.ml.preprocessing import UnreadablePhotoError
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.data.split_record import SplitBy, SplitRecord
from training.engine.config import Schedule
from training.engine.disk_space import DiskFullError
from training.engine.presets import PRESETS, Augmentation, Preset
from training.engine.stages import TrainFrom
from training.engine.trainer import TrainingError
from training.features.partial_cache import CacheError
from training.management.photos_argument import add_photos_argument
from training.runtime.checkpoint import CheckpointError
from training.runtime.devices import Precision
from training.runtime.progress import is_main_process
from training.train.run import TrainRequest, train

HELP: Final = """
Train a bundle on a folder of photos: Main/Subclass/*.jpg, Near/…, Others/…, or a manifest.csv.

The study's recipe, the whole network, on a GPU:
  manage.py train --photos ~/photos --name autumn --output bundles/autumn
Ours, stage 4 and the heads, in an hour or two on a CPU:
  manage.py train --photos ~/photos --name autumn --output bundles/autumn --preset best
The whole network on four GPUs:
  accelerate launch --num_processes 4 manage.py train --photos ~/photos --name autumn \\
      --output bundles/autumn

A training that was stopped goes on when the same command is given again.
"""
SPLITS: Final = {
    "looks": SplitBy.NEAR_DUPLICATES, "product": SplitBy.PRODUCT, "source": SplitBy.SOURCE,
}  # fmt: skip
# Settings of `TrainConfig` that the command line may give over the preset, and what they are.
SETTINGS: Final[dict[str, tuple[type, str]]] = {
    "train_from": (TrainFrom, "the first part that is trained; what lies before stays frozen"),
    "epochs": (int, "passes over the photos; the best by validation is kept"),
    "batch_size": (int, "photos a step, over all processes"),
    "backbone_lr": (float, "peak learning rate of the backbone"),
    "head_lr": (float, "peak learning rate of the heads"),
    "schedule": (Schedule, "how the rates change"),
    "warmup": (float, "share of all steps in which they rise, before a cosine"),
    "weight_decay": (float, "of AdamW; 0 is Adam"),
    "smoothing": (float, "label smoothing"),
    "mixup": (float, "alpha of mixup; 0 is off"),
    "outlier_weight": (float, "weight of near photos and others in the class losses"),
    "novelty_weight": (float, "weight of the novelty loss; 0 leaves that unit untrained"),
    "dropout": (float, "share of pooled features dropped"),
    "ema": (float, "decay of the averaged weights; 0 is off"),
    "head_layout": (HeadLayout, "heads that are classifiers of their own, or one joint softmax"),
    "interpolation": (float, "share of the way from the start that the backbone is left at"),
    "precision": (Precision, "of the passes through the network"),
    "seed": (int, "of everything random but the split"),
}


class WrittenHelp(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Keeps the lines of a help text as they were written."""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser, with the lines of the help as they are."""
        return super().create_parser(prog_name, subcommand, formatter_class=WrittenHelp, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add_photos_argument(parser)
        parser.add_argument("--name", required=True, help="the bundle's name, never used twice")
        parser.add_argument("--output", type=Path, required=True, help="new folder of the bundle")
        parser.add_argument(
            "--preset", choices=PRESETS, default="study",
            help="recipe that the settings below begin with: the study's (default), or one of ours",
        )  # fmt: skip
        parser.add_argument(
            "--backbone", default="IMAGENET1K_V2",
            help="torchvision's name of ImageNet weights, or a safetensors file",
        )  # fmt: skip
        parser.add_argument(
            "--strides", choices=list(StridePlacement), default="v1.5",
            help="where the backbone's stages halve the picture (v1.5: torchvision's)",
        )  # fmt: skip
        parser.add_argument(
            "--split-by", choices=SPLITS, default="looks",
            help="never split a product (product), nor photos that look the same (looks, default), "
            "nor a source, such as a shop (source)",
        )  # fmt: skip
        parser.add_argument(
            "--split-seed", type=int, default=0, help="which products are held out (default 0)"
        )
        parser.add_argument(
            "--cache", type=Path, default=settings.VAR_DIR / "training-cache",
            help="folder of frozen features and checkpoints",
        )  # fmt: skip
        parser.add_argument(
            "--views", type=int, default=4, help="cached views of each photo (default 4)"
        )
        parser.add_argument(
            "--finish", action="store_true",
            help="train no further: write the bundle from the best epoch of a stopped run",
        )  # fmt: skip
        _add_settings(parser)

    def handle(self, **options: Any) -> None:
        if not is_main_process():
            logging.getLogger("training").setLevel(logging.WARNING)
        try:
            manifest = train(_request(options))
        except (
            PhotosError, CacheError, CheckpointError, DiskFullError, TrainingError,
            UnreadablePhotoError, FileExistsError, FileNotFoundError, ValueError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        if manifest is None:
            return
        test = manifest.metrics["test"]
        self.stdout.write(
            f"{manifest.name} is saved in {options['output']}. On {test['photos']['items']} test "
            f"photos of other products: main {_percent(test['main_accuracy'])}, "
            f"subclass {_percent(test['sub_accuracy'])}, {_percent(test['coverage'])} tagged to "
            f"the subclass, {_percent(test['wrong_tag_rate'])} of these wrong."
        )


def _add_settings(parser: CommandParser) -> None:
    group = parser.add_argument_group("settings over the preset")
    group.add_argument(
        "--fit", choices=("pad", "centre_crop"),
        help=f"how a photo becomes a square {_told(lambda p: p.preprocessing.fit)}",
    )  # fmt: skip
    group.add_argument(
        "--augmentation", choices=list(Augmentation),
        help=f"what training photos go through {_told(lambda p: p.augmentation)}",
    )  # fmt: skip
    group.add_argument(
        "--outliers", action=BooleanOptionalAction,
        help=f"train on near photos and others too {_told(lambda p: p.outliers)}",
    )  # fmt: skip
    for name, (kind, about) in SETTINGS.items():
        default = _told(lambda preset: getattr(preset.config, name))  # noqa: B023  # called at once
        group.add_argument(
            f"--{name.replace('_', '-')}", type=kind, help=f"{about} {default}",
            choices=None if kind in (int, float) else list(kind),  # type: ignore[call-overload]  # an enum
        )  # fmt: skip


def _only(options: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return those of these options that were given."""
    return {name: options[name] for name in names if options[name] is not None}


def _told(of: Callable[[Preset], object]) -> str:
    """Return what each preset sets, or the one value that all of them set."""
    values = {name: _word(of(preset)) for name, preset in PRESETS.items()}
    if len(set(values.values())) == 1:
        return f"(default {values['study']})"
    return f"({', '.join(f'{name} {value}' for name, value in values.items())})"


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _request(options: dict[str, Any]) -> TrainRequest:
    preset: Preset = PRESETS[options["preset"]]
    if options["views"] < 1:
        raise ValueError(f"--views must be at least 1; it is {options['views']}.")
    return TrainRequest(
        photos=PhotoFolders.of(options["photos"]),
        output=options["output"],
        name=options["name"],
        preset=options["preset"],
        backbone=options["backbone"],
        stride_placement=StridePlacement(options["strides"]),
        preprocessing=replace(preset.preprocessing, **_only(options, ("fit",))),
        augmentation=Augmentation(options["augmentation"] or preset.augmentation),
        outliers=preset.outliers if options["outliers"] is None else options["outliers"],
        views=options["views"],
        evaluation_view=preset.evaluation_view,
        split=SplitRecord(options["split_seed"], SPLITS[options["split_by"]]),
        cache=options["cache"],
        config=replace(preset.config, **_only(options, SETTINGS)),
        finish=options["finish"],
    )
