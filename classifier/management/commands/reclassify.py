"""`manage.py reclassify`: tag again with the champion what nobody has reviewed."""

import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from classifier.models import ListingPhoto, Reclassification
from classifier.models.queries.row_counts import count_or_estimate
from classifier.tagging import queue, reclassification
from classifier.versions import registry

POLL_SECONDS: Final = 0.5
REPORT_SECONDS: Final = 15.0


class Command(BaseCommand):
    help = (
        "Tag all photos that no moderator has settled again with the model in production. Workers "
        "do it in the background while no fresh photo waits; started again it goes on where it "
        "was. --embeddings takes those without an embedding, which stand alone in the moderators' "
        "grid, instead. Example: manage.py reclassify --wait"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--embeddings",
            action="store_true",
            help="take photos that were tagged before embeddings were stored",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--wait", action="store_true", help="show the progress until it ends")
        what.add_argument("--dry-run", action="store_true", help="only say how many photos")
        what.add_argument("--stop", action="store_true", help="end it; what is tagged stays so")

    def handle(self, *, wait: bool, dry_run: bool, stop: bool, embeddings: bool, **_: Any) -> None:
        try:
            if dry_run:
                self.stdout.write(_preview_of_embeddings() if embeddings else _preview())
            elif stop:
                run = reclassification.stop()
                self.stdout.write(
                    reclassification.in_words(run) if run else "Nothing is being tagged again."
                )
            else:
                self._start(wait, for_embeddings=embeddings)
        except registry.RegistryError as error:
            raise CommandError(str(error)) from error

    def _start(self, wait: bool, *, for_embeddings: bool) -> None:
        run = reclassification.start(for_embeddings=for_embeddings)
        if run is None:
            what = "an embedding" if for_embeddings else "the champion's tag"
            self.stdout.write(f"Every photo that may be tagged again has {what}.")
            return
        if run.for_embeddings != for_embeddings:
            raise CommandError(
                "Photos are being tagged again for another reason. Wait until that ends "
                "(--wait shows it), or end it with --stop; then try again."
            )
        self.stdout.write(
            f"To be tagged again with {run.version}, while no fresh photo waits: "
            f"{max(run.total - run.tagged, 0):,}."
        )
        if not wait:
            return
        try:
            self._watch(run)
        except KeyboardInterrupt:
            self.stdout.write("Workers go on with it: --wait shows it again, --stop ends it.")
            raise SystemExit(130) from None  # as the shell counts an interruption
        self.stdout.write(reclassification.in_words(run))

    def _watch(self, run: Reclassification) -> None:
        """Show the progress until the run is finished: a bar on a terminal, lines in a log."""
        reported_at = time.monotonic()
        # `disable=None` shows the bar on a terminal only.
        with tqdm(total=run.total, unit=" photos", disable=None) as bar:
            while run.finished_at is None:
                time.sleep(POLL_SECONDS)
                run.refresh_from_db()
                bar.total = run.total
                bar.update(run.tagged - bar.n)
                if bar.disable and time.monotonic() - reported_at >= REPORT_SECONDS:
                    self.stdout.write(_progress(run))
                    reported_at = time.monotonic()


def _preview() -> str:
    version = registry.champion()
    if version is None:
        raise registry.NoChampionError
    count = count_or_estimate(reclassification.outdated(version))
    others = ListingPhoto.objects.filter(status=ListingPhoto.Status.CLASSIFIED).exclude(
        model_version=version
    )
    kept = max(0, count_or_estimate(others) - count)
    return (
        f"To be tagged again with {version}: {count:,}. Left as they are, since a moderator "
        f"settled them or looks at them: {kept:,}."
    )


def _preview_of_embeddings() -> str:
    count = count_or_estimate(reclassification.without_embedding())
    return f"Without an embedding, and to be tagged again with the champion: {count:,}."


def _progress(run: Reclassification) -> str:
    fresh = count_or_estimate(queue.claimable())
    first = f" {fresh:,} fresh photos go first." if fresh else ""
    return f"{run.tagged:,} of {run.total:,} photos, {run.changed:,} got another tag.{first}"
