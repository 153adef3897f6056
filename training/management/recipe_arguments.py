"""The arguments of a recipe: `manage.py train` follows it once, `cross_validate` once a fold."""

from argparse import ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandParser

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HeadLayout, StridePlacement
from training.calibration.promise import Promise
from training.data.photo_folders import PhotoFolders
from training.engine.config import Loss, Schedule
from training.engine.presets import PRESETS, Augmentation, Preset
from training.engine.stages import TrainFrom
from training.management.mix_argument import add_mix_argument, mix_of
from training.management.photos_argument import add_photos_argument
from training.runtime.devices import Precision
from training.train.request import TrainRequest

# Settings of `TrainConfig` that the command line may give over the preset, and what they are.
SETTINGS: Final[dict[str, tuple[type, str]]] = {
    "train_from": (TrainFrom, "the first part that is trained; what lies before stays frozen"),
    "epochs": (int, "passes over the photos; the best by validation is kept"),
    "draws": (int, "photos drawn an epoch so that no class or source dominates; 0: each once"),
    "batch_size": (int, "photos a step, over all processes"),
    "loss": (Loss, "of the levels, each by itself, or of joint heads' one softmax"),
    "backbone_lr": (float, "peak learning rate of the backbone"),
    "early_lr_share": (float, "of that rate, for layer 2 and what comes before"),
    "head_lr": (float, "peak learning rate of the heads"),
    "schedule": (Schedule, "how the rates change"),
    "warmup": (float, "share of all steps in which they rise, before a cosine"),
    "weight_decay": (float, "of AdamW; 0 is Adam"),
    "clip": (float, "the gradient's largest norm; 0 is off"),
    "frozen_norms": (bool, "leave batch norms as they came where convolutions are trained"),
    "smoothing": (float, "label smoothing"),
    "mixup": (float, "alpha of mixup; 0 is off"),
    "cutmix": (float, "share of the steps in which a part of each photo is another's"),
    "outlier_weight": (float, "weight of near photos and others in the class losses"),
    "novelty_weight": (float, "weight of the novelty loss; 0 leaves that unit untrained"),
    "dropout": (float, "share of pooled features dropped"),
    "ema": (float, "decay of the averaged weights; 0 is off"),
    "head_layout": (HeadLayout, "heads that are classifiers of their own, or one joint softmax"),
    "interpolation": (float, "share of the way from the start that the weights are left at"),
    "precision": (Precision, "of the passes through the network"),
    "seed": (int, "of everything random but the split"),
}


def add_recipe_arguments(parser: CommandParser) -> None:
    """Add what decides a training, from the photos to the promise that its thresholds keep."""
    add_photos_argument(parser)
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
        "--split-seed", type=int, default=0, help="which products are held out (default 0)"
    )
    parser.add_argument(
        "--cache", type=Path, default=settings.VAR_DIR / "training-cache",
        help="folder of frozen features and checkpoints",
    )  # fmt: skip
    parser.add_argument(
        "--views", type=int, default=4, help="cached views of each photo (default 4)"
    )
    _add_settings(parser)
    _add_promise(parser)


def _add_promise(parser: CommandParser) -> None:
    group = parser.add_argument_group("what the thresholds promise")
    group.add_argument(
        "--promise", type=float, default=0.03, metavar="SHARE",
        help="the most subclass tags that may be wrong (default %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--confidence", type=float, default=0.9,
        help="how certain that must be (default %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--per", choices=("all", "main"), default="all",
        help="all tags together keep the promise (all, default), or each main class by itself",
    )  # fmt: skip
    add_mix_argument(parser)


def _add_settings(parser: CommandParser) -> None:
    group = parser.add_argument_group("settings over the preset")
    group.add_argument(
        "--fit", choices=("pad", "centre_crop"),
        help=f"how a photo becomes a square {_told(lambda p: p.preprocessing.fit)}",
    )  # fmt: skip
    group.add_argument(
        "--size", type=int, metavar="PIXELS",
        help=f"side of that square, for tagging, too {_told(lambda p: p.preprocessing.size)}",
    )  # fmt: skip
    group.add_argument(
        "--train-size", type=int, metavar="PIXELS",
        help="side of training photos, with --train-from all or layer2 "
        f"{_told(lambda p: p.train_size)}",
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
        option, text = f"--{name.replace('_', '-')}", f"{about} {default}"
        if kind is bool:
            group.add_argument(option, action=BooleanOptionalAction, help=text)
            continue
        group.add_argument(
            option, type=kind, help=text,
            choices=None if kind in (int, float) else list(kind),  # type: ignore[call-overload]  # an enum
        )  # fmt: skip
    group.add_argument(
        "--seeds", type=_seeds, metavar="N,N",
        help="train once with each of these, and take the mean of their weights "
        f"{_told(lambda p: ','.join(map(str, (p.config.seed, *p.more_seeds))))}",
    )  # fmt: skip


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise ArgumentTypeError(f"Seeds are whole numbers, such as 0,1; not {text!r}.") from error


def _more_seeds(options: dict[str, Any], preset: Preset) -> tuple[int, ...]:
    """Return the seeds after the first, which is `TrainConfig`'s; one ``--seed`` is all."""
    if options["seeds"] and options["seed"] is not None:
        raise ValueError("Give --seed for one training or --seeds for several, not both.")
    if options["seeds"]:
        options["seed"] = options["seeds"][0]
        return tuple(options["seeds"][1:])
    return preset.more_seeds if options["seed"] is None else ()


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


def _preprocessing(options: dict[str, Any], preset: Preprocessing) -> Preprocessing:
    """Return the preset's with what was asked for; what is cut off at the sides keeps its share."""
    size = options["size"] or preset.size
    resize = max(size, round(preset.resize * size / preset.size))
    return replace(preset, size=size, resize=resize, **_only(options, ("fit",)))


def recipe_of(options: dict[str, Any], **given: Any) -> TrainRequest:
    """Return the request; ``given`` are the fields that are no part of a recipe.

    Raises:
        CommandError, PhotosError, ValueError: if an argument makes no sense.
    """
    preset: Preset = PRESETS[options["preset"]]
    if options["views"] < 1:
        raise ValueError(f"--views must be at least 1; it is {options['views']}.")
    more_seeds = _more_seeds(options, preset)
    preprocessing = _preprocessing(options, preset.preprocessing)
    smaller = preset.train_size / preset.preprocessing.size
    return TrainRequest(
        photos=PhotoFolders.of(options["photos"]),
        preset=options["preset"],
        backbone=options["backbone"],
        stride_placement=StridePlacement(options["strides"]),
        preprocessing=preprocessing,
        augmentation=Augmentation(options["augmentation"] or preset.augmentation),
        outliers=preset.outliers if options["outliers"] is None else options["outliers"],
        views=options["views"],
        evaluation_view=preset.evaluation_view,
        train_size=options["train_size"] or max(32, round(smaller * preprocessing.size)),
        more_seeds=more_seeds,
        cache=options["cache"],
        config=replace(preset.config, **_only(options, SETTINGS)),
        promise=Promise(
            options["promise"], options["confidence"], mix_of(options["mix"]), options["per"]
        ),
        **given,
    )
