"""`manage.py cross_validate --leave-out source`: how good a recipe is on what it never saw."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.preprocessing import UnreadablePhotoError
from training.data.folder import PhotosError
from training.data.splits.leave_out import FEWEST, LeaveOut, folds_of
from training.data.splits.split_record import SplitBy, SplitRecord, join_near_duplicates
from training.engine.trainer import TrainingError
from training.features.partial_cache import CacheError
from training.management.recipe_arguments import add_recipe_arguments, recipe_of
from training.report.left_out import left_out_table
from training.runtime.devices import make_accelerator
from training.train.leave_out import left_out_document


class Command(BaseCommand):
    help = (
        "Train a recipe several times, each time without a source (a shop, a collection), without "
        "some kinds of others, or without some products, and judge it on what was left out. "
        "Nothing is saved but the figures. Example: manage.py cross_validate --photos ~/photos "
        "--photos ~/more-photos --preset best --train-from heads --leave-out source product"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_recipe_arguments(parser)
        parser.add_argument(
            "--leave-out", nargs="+", choices=[str(one) for one in LeaveOut],
            default=[str(LeaveOut.SOURCE)],
            help="what is left out whole, in turn (default: source)",
        )  # fmt: skip
        parser.add_argument(
            "--together", nargs="+", action="append", default=[], metavar="SOURCE",
            help="sources that are left out together, such as two collections of one shop",
        )  # fmt: skip
        parser.add_argument(
            "--fewest", type=int, default=FEWEST, metavar="N",
            help="photos of a source that is left out alone; smaller ones go together "
            "(default %(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--products-as-named", action="store_true",
            help="products are those of the manifest; no photo is compared with the others",
        )  # fmt: skip
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")

    def handle(self, **options: Any) -> None:
        try:
            request = recipe_of(
                options,
                output=Path(),
                name="",
                split=SplitRecord(options["split_seed"], SplitBy.SOURCE),
            )
            if options["json"]:  # now, not after hours that would be lost
                options["json"].parent.mkdir(parents=True, exist_ok=True)
            samples = request.photos.read()
            if not options["products_as_named"]:
                samples = join_near_duplicates(samples)
            accelerator = make_accelerator()
            documents = []
            for leave_out in map(LeaveOut, options["leave_out"]):
                folds = folds_of(
                    samples,
                    leave_out,
                    together=options["together"] if leave_out is LeaveOut.SOURCE else [],
                    fewest=options["fewest"],
                )
                document = left_out_document(request, samples, leave_out, folds, accelerator)
                documents.append(document)
                self.stdout.write(left_out_table(document))
        except (
            PhotosError, CacheError, TrainingError, UnreadablePhotoError, FileNotFoundError,
            ValueError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        if options["json"]:
            text = json.dumps(documents, indent=2, ensure_ascii=False, allow_nan=False)
            options["json"].write_text(text + "\n", encoding="utf-8")
            self.stdout.write(f"All figures: {options['json']}")
