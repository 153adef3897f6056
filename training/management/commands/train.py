"""`manage.py train --photos DIR`: from a folder of photos to a bundle."""

import logging
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, Final

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)

from classifier.ml.preprocessing import UnreadablePhotoError
from training.data.folder import PhotosError
from training.data.splits.split_record import SplitBy, SplitRecord
from training.engine.disk_space import DiskFullError
from training.engine.trainer import TrainingError
from training.features.partial_cache import CacheError
from training.management.recipe_arguments import add_recipe_arguments, recipe_of
from training.runtime.checkpoint import CheckpointError
from training.runtime.progress import is_main_process
from training.train.run import TrainRequest, train

HELP: Final = """
Train a bundle on a folder of photos: Main/Subclass/*.jpg, Near/…, Others/…, or a manifest.csv.

The study's recipe, the whole network, on a GPU:
  manage.py train --photos ~/photos --name autumn --output bundles/autumn
Ours, stage 4 and the heads, in an hour or two on a CPU:
  manage.py train --photos ~/photos --name autumn --output bundles/autumn --preset best
Ours for photos of sources that it never saw, on a GPU:
  manage.py train --photos ~/photos --photos ~/more --name autumn --output bundles/autumn \\
      --preset unseen
The whole network on four GPUs:
  accelerate launch --num_processes 4 manage.py train --photos ~/photos --name autumn \\
      --output bundles/autumn

A training that was stopped goes on when the same command is given again.
"""
SPLITS: Final = {
    "near-duplicates": SplitBy.NEAR_DUPLICATES,
    "product": SplitBy.PRODUCT,
    "source": SplitBy.SOURCE,
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
        add_recipe_arguments(parser)
        parser.add_argument("--name", required=True, help="the bundle's name, never used twice")
        parser.add_argument("--output", type=Path, required=True, help="new folder of the bundle")
        parser.add_argument(
            "--split-by", choices=SPLITS, default="near-duplicates",
            help="never split a product (product), nor photos that look the same "
            "(near-duplicates, default), nor a source, such as a shop (source)",
        )  # fmt: skip
        parser.add_argument(
            "--cross-fit", type=int, default=0, metavar="FOLDS",
            help="train so many times more, without a part of the products each, so that all "
            "training photos choose the thresholds (default 0)",
        )  # fmt: skip
        parser.add_argument(
            "--finish", action="store_true",
            help="train no further: write the bundle from the best epoch of a stopped run",
        )  # fmt: skip

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


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _request(options: dict[str, Any]) -> TrainRequest:
    if options["cross_fit"] < 0 or options["cross_fit"] == 1:
        raise ValueError(f"--cross-fit is 0, or 2 and more; it is {options['cross_fit']}.")
    return recipe_of(
        options,
        output=options["output"],
        name=options["name"],
        split=SplitRecord(options["split_seed"], SPLITS[options["split_by"]]),
        cross_fit=options["cross_fit"],
        finish=options["finish"],
    )
