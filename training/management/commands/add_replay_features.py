"""`manage.py add_replay_features FOLDER --photos DIR`: a bundle that can be retrained anywhere."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import REPLAY_NAME, BundleError


class Command(BaseCommand):
    help = (
        "Add replay features to a bundle: what its frozen part makes of its photos, so that its "
        "heads can be retrained where the photos are not. The bundle is changed in place. Example: "
        "manage.py add_replay_features bundles/autumn --photos ~/photos --photos ~/more"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bundle", type=Path, metavar="FOLDER", help="the bundle's folder")
        parser.add_argument(
            "--photos", metavar="DIR", action="append", required=True,
            help="folder of the photos it was trained on; give it several times where there are "
            "several",
        )  # fmt: skip
        parser.add_argument(
            "--precision", choices=("auto", "fp32", "bf16", "fp16"), default="auto",
            help="of the passes through the network (default %(default)s: bf16 on a GPU, fp32 on "
            "a CPU)",
        )  # fmt: skip
        parser.add_argument(
            "--cache", type=Path, default=settings.VAR_DIR / "training-cache",
            help="folder of outputs of the network; a run that was stopped goes on from there",
        )  # fmt: skip

    def handle(self, **options: Any) -> None:
        # Imported here: they load torch, which `--help` does without.
        from classifier.ml.preprocessing import UnreadablePhotoError
        from training.data.folder import PhotosError
        from training.data.photo_folders import PhotoFolders
        from training.features.cache import CacheError
        from training.runtime.devices import Precision
        from training.train.replay import add_replay

        try:
            photos = add_replay(
                options["bundle"],
                PhotoFolders.of(options["photos"]),
                options["cache"],
                Precision(options["precision"]),
            )
        except (
            BundleError, PhotosError, CacheError, UnreadablePhotoError, OSError, ValueError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        size = (options["bundle"] / REPLAY_NAME).stat().st_size
        self.stdout.write(
            f"{options['bundle'] / REPLAY_NAME} holds the features of {photos:,} photos in "
            f"{size / 10**6:.1f} MB. Register the bundle with manage.py register_model."
        )
