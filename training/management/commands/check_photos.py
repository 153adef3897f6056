"""`manage.py check_photos`: what is wrong with a folder of photos, before training on it."""

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import BundleError
from classifier.photos.local_files import shown_path
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.management.photos_argument import add_photos_argument

if TYPE_CHECKING:
    from training.collect.check.folder_check import Checked

FLAWS: Final = ("unreadable", "too-small", "duplicate", "near-duplicate", "mislabelled")
NAMED: Final = 5  # photos of a flaw that are printed; the files have all
COLUMNS: Final = ("path", "label", "flaw", "likely", "confidence", "other", "detail")


class Command(BaseCommand):
    help = (
        "Find photos that cannot be read, are too small, are there twice, look like a photo with "
        "another label, or are probably mislabelled. Writes findings.csv and a page of thumbnails, "
        "findings.html. Look at the page first; then --quarantine moves the photos aside, and "
        "--restore moves them back. Example: manage.py check_photos --photos ~/photos "
        "--backbone resnet50.safetensors --output ~/check"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_photos_argument(parser)
        parser.add_argument(
            "--output",
            type=Path,
            default=settings.VAR_DIR / "check_photos",
            help="folder for findings.csv and findings.html",
        )
        parser.add_argument(
            "--only", nargs="+", choices=FLAWS, default=FLAWS, help="some of the checks"
        )
        parser.add_argument("--min-side", type=int, default=128, help="of a photo, in pixels")
        parser.add_argument(
            "--no-model", action="store_true", help="leave out mislabelled, the slow check"
        )
        parser.add_argument(
            "--backbone",
            default="IMAGENET1K_V2",
            help="torchvision's name of ImageNet weights, or a safetensors file",
        )
        parser.add_argument("--strides", choices=("v1.5", "v1"), default="v1.5")
        parser.add_argument(
            "--bundle",
            type=Path,
            help="use this bundle's backbone; one that was trained on the "
            "same photos has learnt their wrong labels too, and finds less",
        )
        parser.add_argument("--cache", type=Path, default=settings.VAR_DIR / "training-cache")
        parser.add_argument(
            "--quarantine", type=Path, metavar="DIR", help="move what was found there"
        )
        parser.add_argument(
            "--restore", type=Path, metavar="DIR", help="only move a quarantine's photos back"
        )

    def handle(self, **options: Any) -> None:
        # Imported here: they load torch, which `--help` does without.
        from training.features.cache import CacheError

        photos = PhotoFolders.of(options["photos"])
        try:
            if options["restore"]:
                self._restore(photos, options["restore"].resolve())
            else:
                self._check(photos, options)
        except (PhotosError, BundleError, CacheError, FileNotFoundError, ValueError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"A file or an address cannot be used ({error}). Weights that cannot be fetched "
                "here are named as a file with --backbone, or taken from a bundle with --bundle."
            ) from error

    def _check(self, photos: PhotoFolders, options: dict[str, Any]) -> None:
        from training.collect.check.contact_sheet import write_contact_sheet
        from training.collect.check.folder_check import check_photos
        from training.collect.check.quarantine import must_lie_elsewhere, quarantine

        aside = options["quarantine"].resolve() if options["quarantine"] else None
        if aside:
            for folder in photos.paths:
                must_lie_elsewhere(aside, folder)
        checked = check_photos(_request(photos, options))
        output: Path = options["output"].resolve()
        output.mkdir(parents=True, exist_ok=True)
        _write_csv(output / "findings.csv", checked, photos)
        write_contact_sheet(output / "findings.html", checked.findings, photos, checked.notes)
        self.stdout.write("\n".join([*checked.notes, *_table(checked, photos)]))
        self.stdout.write(f"Look at {output / 'findings.html'}; all is in findings.csv beside it.")
        if aside:
            moved = sum(
                quarantine(
                    [f for f in checked.findings if photos.folder_of(f.sample.path) == folder],
                    folder,
                    aside_of_folder,
                )
                for folder, aside_of_folder in _folders(photos, aside)
            )
            named = " ".join(f"--photos {folder}" for folder in photos.paths)
            self.stdout.write(
                f"{moved} photos were moved to {aside}. To move them back: manage.py "
                f"check_photos {named} --restore {aside}"
            )

    def _restore(self, photos: PhotoFolders, aside: Path) -> None:
        from training.collect.check.quarantine import restore

        problems: list[str] = []
        for folder, aside_of_folder in _folders(photos, aside):
            if len(photos.paths) > 1 and not aside_of_folder.exists():
                continue  # nothing was found in this one
            count, here = restore(folder, aside_of_folder)
            problems += here
            self.stdout.write("\n".join([*here, f"{count} photos were moved back to {folder}."]))
        if problems:
            raise SystemExit(1)


def _folders(photos: PhotoFolders, aside: Path) -> list[tuple[Path, Path]]:
    """Return each folder of photos, and where its own photos lie aside."""
    if len(photos.paths) == 1:
        return [(photos.paths[0], aside)]
    return [(folder, aside / label) for folder, label in photos.labels().items()]


def _request(photos: PhotoFolders, options: dict[str, Any]) -> Any:
    from classifier.ml.network import StridePlacement
    from training.collect.check.flaws import Flaw
    from training.collect.check.folder_check import CheckRequest
    from training.collect.check.frozen_features import Backbone

    only = {Flaw(name) for name in options["only"]}
    if options["no_model"]:
        only.discard(Flaw.MISLABELLED)
    return CheckRequest(
        photos=photos,
        only=frozenset(only),
        min_side=options["min_side"],
        backbone=Backbone(
            options["backbone"], StridePlacement(options["strides"]), options["bundle"]
        ),
        cache=options["cache"],
    )


def _table(checked: "Checked", photos: PhotoFolders) -> list[str]:
    counts = Counter(finding.flaw for finding in checked.findings)
    lines = [f"{'found':<16}{'photos':>8}"]
    for flaw in checked.flaws:
        lines.append(f"{flaw:<16}{counts[flaw]:>8}")
        of_flaw = [finding for finding in checked.findings if finding.flaw is flaw]
        lines += [
            f"  {shown_path(photos.name_of(f.sample.path))}: {f.detail}" for f in of_flaw[:NAMED]
        ]
    return lines


def _write_csv(path: Path, checked: "Checked", photos: PhotoFolders) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for finding in checked.findings:
            writer.writerow(
                (
                    photos.name_of(finding.sample.path),
                    finding.sample.stratum,
                    finding.flaw,
                    finding.likely,
                    "" if finding.confidence is None else f"{finding.confidence:.3f}",
                    photos.name_of(finding.other) if finding.other else "",
                    finding.detail,
                )
            )
