"""`manage.py evaluate --photos DIR`: how good a bundle is, for people and for machines."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.bundle import load_bundle
from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.manifest import BundleError
from classifier.ml.predictor import Predictor
from classifier.photos.receiving.intake import photo_limits
from classifier.versions import registry, storage
from classifier.worker.engine import engine_for
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.evaluation.assessment import assess
from training.evaluation.photo_selection import PhotoSelection, choose_photos
from training.management.mix_argument import add_mix_argument, mix_of
from training.management.photos_argument import add_photos_argument
from training.report.page import evaluation_page
from training.report.summary import summary

REPORT_NAME = "index.html"


class Command(BaseCommand):
    help = (
        "Judge a bundle on labelled photos, exactly as the product would tag them. "
        "Example: manage.py evaluate --photos ~/photos --json figures.json --report report/"
    )
    # A damaged champion is reported below, in one sentence; --bundle may name a good one.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_photos_argument(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--model", metavar="NAME", help="instead of the one in production")
        which.add_argument("--bundle", type=Path, metavar="FOLDER", help="a bundle on disk")
        parser.add_argument(
            "--split",
            choices=[str(selection) for selection in PhotoSelection],
            default=PhotoSelection.TEST,
            help="the photos of the bundle's own split of the folder, or all (default: test)",
        )
        parser.add_argument(
            "--engine",
            choices=settings.ENGINES,
            help="what runs the network (default: as in a worker of this machine, see ENGINE)",
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
        parser.add_argument("--report", type=Path, metavar="DIR", help="write a page for people")
        add_mix_argument(parser)
        parser.add_argument(
            "--no-photos",
            action="store_true",
            help="leave thumbnails out of the page, where photos must not be passed on",
        )
        parser.add_argument(
            "--robustness-photos",
            type=int,
            default=180,
            metavar="N",
            help="items that are also judged covered, cut and as bad photos, 24 times each; 0 "
            "leaves this out",
        )

    def handle(self, **options: Any) -> None:
        folders = PhotoFolders.of(options["photos"])
        if options["robustness_photos"] < 0:
            raise CommandError(
                f"--robustness-photos is 0 or more, not {options['robustness_photos']}."
            )
        try:
            for path in _written(options):  # now, not after minutes that would be lost
                path.parent.mkdir(parents=True, exist_ok=True)
            predictor = _predictor(options)
            photos = choose_photos(folders, PhotoSelection(options["split"]), predictor.manifest)
            document, _ = assess(
                predictor,
                photos,
                photo_limits(),
                robustness_photos=options["robustness_photos"],
                mix=mix_of(options["mix"]),
            )
            self.stdout.write(summary(document))
            self._write_files(document, folders, options)
        except (BundleError, EngineError, registry.RegistryError, PhotosError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename} cannot be read or written ({error.strerror})."
            ) from error

    def _write_files(
        self, document: dict[str, Any], folders: PhotoFolders, options: dict[str, Any]
    ) -> None:
        if options["json"]:
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
            options["json"].write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
            self.stdout.write(f"All figures: {options['json']}")
        if options["report"]:
            page = options["report"] / REPORT_NAME
            shown = None if options["no_photos"] else folders
            page.write_text(
                evaluation_page(document, shown), encoding="utf-8", errors="backslashreplace"
            )
            self.stdout.write(f"Report: {page}")


def _predictor(options: dict[str, Any]) -> Predictor:
    """Return the bundle that is meant, run by the engine that is meant.

    Raises:
        BundleError, RegistryError, EngineError: if either cannot be had.
    """
    bundle = load_bundle(_bundle_folder(options))
    name = options["engine"]
    return Predictor(bundle, engine=EngineName(name) if name else engine_for(bundle))


def _bundle_folder(options: dict[str, Any]) -> Path:
    """Return the folder of the bundle that is meant.

    Raises:
        BundleError, RegistryError: if there is none, or it cannot be fetched.
    """
    if options["bundle"]:
        return Path(options["bundle"])
    version = registry.named(options["model"]) if options["model"] else registry.champion()
    if version is None:
        raise registry.NoChampionError
    return storage.local_folder(version)


def _written(options: dict[str, Any]) -> list[Path]:
    """Return the files that were asked for."""
    report = options["report"] and options["report"] / REPORT_NAME
    return [path for path in (options["json"], report) if path]
