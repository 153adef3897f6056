"""`manage.py train --photos DIR`: from a folder of photos to a bundle."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import StridePlacement
from classifier.ml.preprocessing import UnreadablePhotoError
from training.config import TrainConfig
from training.feature_cache import CacheError
from training.photos import PhotosError
from training.stages import TrainFrom
from training.train import TrainRequest, train
from training.trainer import TrainingError


class Command(BaseCommand):
    help = (
        "Train a bundle on a folder of photos (Main/Subclass/*.jpg, Near/…, Others/…, or a "
        "manifest.csv). Example: manage.py train --photos ~/photos --name autumn "
        "--output bundles/autumn"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        default = TrainConfig()
        parser.add_argument("--photos", type=Path, required=True, help="folder of photos")
        parser.add_argument("--name", required=True, help="the bundle's name, never used twice")
        parser.add_argument("--output", type=Path, required=True, help="new folder of the bundle")
        parser.add_argument(
            "--backbone",
            default="IMAGENET1K_V2",
            help="torchvision's name of ImageNet weights, or a safetensors file",
        )
        parser.add_argument("--strides", choices=list(StridePlacement), default="v1.5")
        parser.add_argument("--fit", choices=("pad", "centre_crop"), default="pad")
        parser.add_argument(
            "--train-from",
            choices=[TrainFrom.LAYER3, TrainFrom.LAYER4, TrainFrom.HEADS],
            default=default.train_from,
            help="the first part that is trained; earlier ones stay frozen and are cached",
        )
        parser.add_argument("--views", type=int, default=4, help="cached views of each photo")
        parser.add_argument("--cache", type=Path, default=settings.VAR_DIR / "training-cache")
        parser.add_argument("--split-seed", type=int, default=0, help="which products are held out")
        parser.add_argument(
            "--finish",
            action="store_true",
            help="train no further: write the bundle from the best epoch of a stopped run",
        )
        for field in ("epochs", "batch_size", "seed"):
            parser.add_argument(
                f"--{field.replace('_', '-')}", type=int, default=getattr(default, field)
            )
        for field in (
            "backbone_lr", "head_lr", "weight_decay", "smoothing", "mixup", "outlier_weight",
            "novelty_weight", "dropout", "ema",
        ):  # fmt: skip
            parser.add_argument(
                f"--{field.replace('_', '-')}", type=float, default=getattr(default, field)
            )

    def handle(self, **options: Any) -> None:
        try:
            manifest = train(_request(options))
        except (
            PhotosError, CacheError, TrainingError, UnreadablePhotoError, FileExistsError,
            FileNotFoundError, ValueError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        test = manifest.metrics["test"]
        self.stdout.write(
            f"{manifest.name} is saved in {options['output']}. On {test['photos']['items']} test "
            f"photos of other products: main {_percent(test['main_accuracy'])}, "
            f"subclass {_percent(test['sub_accuracy'])}, {_percent(test['coverage'])} tagged to "
            f"the subclass, {_percent(test['wrong_tag_rate'])} of these wrong."
        )


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _request(options: dict[str, Any]) -> TrainRequest:
    config = TrainConfig(
        train_from=TrainFrom(options["train_from"]),
        **{
            field: options[field]
            for field in TrainConfig.__dataclass_fields__
            if field in options and field != "train_from"
        },
    )
    return TrainRequest(
        photos=options["photos"].resolve(),
        output=options["output"],
        name=options["name"],
        backbone=options["backbone"],
        stride_placement=StridePlacement(options["strides"]),
        preprocessing=Preprocessing(fit=options["fit"]),
        views=options["views"],
        split_seed=options["split_seed"],
        cache=options["cache"],
        config=config,
        finish=options["finish"],
    )
