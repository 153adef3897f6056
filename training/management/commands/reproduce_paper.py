"""`manage.py reproduce_paper --photos DIR`: the study's tables, on one's own photos."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.network import StridePlacement
from classifier.ml.preprocessing import UnreadablePhotoError
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.engine.trainer import TrainingError
from training.features.cache import CacheError
from training.management.photos_argument import add_photos_argument
from training.paper.experiment import ExperimentRequest, Outcomes, run_experiment
from training.paper.fig_4 import MEANING, PICTURE_NAME, draw_recall
from training.paper.tables import Table, build_tables
from training.paper.writing import Heading, as_markdown, as_page, as_text, heading


class Command(BaseCommand):
    help = (
        "Run the study's two phases on your photos and print its Tables I to VIII with its "
        "numbers beside yours. The whole network takes a GPU and hours; --quick takes minutes. "
        "Example: manage.py reproduce_paper --photos ~/photos --quick --output paper/"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_photos_argument(parser)
        parser.add_argument(
            "--quick",
            action="store_true",
            help="train only the heads, on cached features of the frozen backbone",
        )
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help=f"write index.html, tables.md and {PICTURE_NAME} there",
        )
        parser.add_argument(
            "--backbone",
            default="IMAGENET1K_V2",
            help="torchvision's name of ImageNet weights, or a safetensors file",
        )
        parser.add_argument("--strides", choices=list(StridePlacement), default="v1.5")
        parser.add_argument("--cache", type=Path, default=settings.VAR_DIR / "training-cache")
        parser.add_argument(
            "--at-most-epochs", type=int, metavar="N", help="cut every run short, for a trial"
        )
        parser.add_argument("--seed", type=int, default=0, help="of split, weights and order")

    def handle(self, **options: Any) -> None:
        request, folder = _request(options), options["output"]
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)  # not after hours that would be lost
            outcomes = run_experiment(request)
            head, tables = heading(request, outcomes), build_tables(outcomes)
            self.stdout.write(as_text(head, tables))
            if folder:
                _write(folder, head, tables, outcomes)
                self.stdout.write(f"Page: {folder / 'index.html'}")
        except (
            PhotosError, CacheError, TrainingError, UnreadablePhotoError, FileNotFoundError,
            ValueError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"A file or an address cannot be used ({error}). Weights that cannot be fetched "
                "here are named as a file with --backbone."
            ) from error


def _write(folder: Path, head: Heading, tables: Sequence[Table], outcomes: Outcomes) -> None:
    files = {
        "index.html": as_page(head, tables, outcomes),
        "tables.md": as_markdown(head, tables),
        PICTURE_NAME: draw_recall(outcomes).file(MEANING),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")


def _request(options: dict[str, Any]) -> ExperimentRequest:
    if options["at_most_epochs"] is not None and options["at_most_epochs"] < 1:
        raise CommandError(
            f"--at-most-epochs must be at least 1; it is {options['at_most_epochs']}."
        )
    return ExperimentRequest(
        photos=PhotoFolders.of(options["photos"]),
        backbone=options["backbone"],
        stride_placement=StridePlacement(options["strides"]),
        quick=options["quick"],
        cache=options["cache"],
        at_most_epochs=options["at_most_epochs"],
        seed=options["seed"],
    )
