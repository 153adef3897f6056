"""`manage.py retrain`: from confirmed labels to a better model in production, or why not."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.models import RetrainRun
from classifier.photos.storage import StorageUnavailableError
from classifier.retraining import (
    AlreadyRunningError,
    LeaseLostError,
    PostponedError,
    request,
    take,
)
from classifier.versions.gate_report import GateReport
from slowfashion_ai.database.away import DATABASE_AWAY

if TYPE_CHECKING:
    from training.data.photo_folders import PhotoFolders
    from training.retrain.request import RetrainRequest


FEWEST_PREVIEWED: Final = 5


class Command(BaseCommand):
    help = (
        "Train a candidate on what moderators confirmed and on the champion's base photos, compare "
        "both models on photos neither was trained on, and promote the candidate if the gate "
        "allows it. Killed at any point, it goes on when it is started again. Example: manage.py "
        "retrain --photos ~/photos --dry-run"
    )
    # A damaged champion is reported below, in one sentence.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--photos", metavar="DIR", action="append",
            help="folder of the photos that the first model was trained on; give it several times "
            "where there are several; '' goes on without (default: the setting PHOTOS_DIR)",
        )  # fmt: skip
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do, and do nothing"
        )
        parser.add_argument(
            "--limit", type=int, metavar="N",
            help="a quick look: train with at most N base photos of each label in each split, say "
            "what the gate says, and keep nothing",
        )  # fmt: skip
        parser.add_argument(
            "--min-new",
            type=int,
            default=1,
            metavar="N",
            help="do nothing with fewer new reviews (default: %(default)s)",
        )
        parser.add_argument(
            "--promote",
            choices=[str(policy) for policy in RetrainRun.Policy],
            default="gate",
            help="promote the candidate never, if the gate says so (default), or always",
        )
        parser.add_argument(
            "--train-from",
            choices=("heads", "layer4", "layer3", "all"),
            help="the first part that is trained (default: heads; with photos and a GPU, layer4)",
        )
        parser.add_argument("--epochs", type=int, help="passes over the training photos")
        parser.add_argument("--views", type=int, default=2, help="kept views of each photo")
        parser.add_argument("--batch-size", type=int, help="photos a step")
        parser.add_argument("--backbone-lr", type=float, help="peak learning rate of the backbone")
        parser.add_argument("--head-lr", type=float, help="peak learning rate of the heads")
        parser.add_argument("--seed", type=int, help="of everything random")

    def handle(self, **options: Any) -> None:
        # Imported here: they load torch, which `--help` does without.
        from training.retrain.candidate.start import FAILURES
        from training.retrain.plan import plan

        try:
            asked = _request(options)
            if options["dry_run"]:
                self.stdout.write(plan(asked))
            elif options["limit"] is not None:
                self._limited(asked, options["limit"])
            else:
                self._retrain(asked, RetrainRun.Policy(options["promote"]))
        except (
            *FAILURES,
            AlreadyRunningError,
            LeaseLostError,
            PostponedError,
            StorageUnavailableError,
            ValueError,
        ) as error:
            raise CommandError(str(error)) from error
        except DATABASE_AWAY as error:
            raise CommandError(
                f"The database is away ({error}). What is done is kept; give the same command "
                "again."
            ) from error

    def _limited(self, asked: "RetrainRequest", limit: int) -> None:
        from training.retrain.limited import limited_report

        if limit < FEWEST_PREVIEWED:
            raise CommandError(f"--limit is at least {FEWEST_PREVIEWED}; it is {limit}.")
        report = limited_report(asked, limit)
        lines = [
            f"A quick look with at most {limit} base photos of each label in each split, compared "
            f"on {report.photos.total} photos. Nothing was kept.",
            report.summary,
            *_criteria(report),
        ]
        self.stdout.write("\n".join(lines))

    def _retrain(self, asked: "RetrainRequest", policy: RetrainRun.Policy) -> None:
        from training.retrain.run import retrain

        run = request(trigger=RetrainRun.Trigger.COMMAND, policy=policy)
        try:
            with take(run) as lease:
                retrain(lease=lease, request=asked)
        except LeaseLostError as error:
            run.refresh_from_db()
            if run.state == RetrainRun.State.CALLED_OFF:
                raise CommandError(_result(run)) from error
            raise
        run.refresh_from_db()
        self.stdout.write(_result(run))


def _result(run: RetrainRun) -> str:
    lines = [f"{run}: {run.get_verdict_display() or run.get_state_display()}. {run.message}"]
    if run.candidate and run.candidate.gate:
        lines += _criteria(GateReport.from_dict(run.candidate.gate))
    if run.candidate:
        lines.append(f"The page about {run.candidate} is in the admin, under model versions.")
    return "\n".join(lines)


def _criteria(report: GateReport) -> list[str]:
    """Return every criterion's sentence, with a mark for whether it came out well."""
    marks = {"must": "NO ", "gain": " – "}
    return [f"  {'ok ' if c.passed else marks[c.kind]} {c.sentence}" for c in report.criteria]


def _request(options: dict[str, Any]) -> "RetrainRequest":
    from training.engine.stages import TrainFrom
    from training.retrain.candidate.start import default_config, default_request

    chosen, photos = options["train_from"], _photos(options["photos"])
    config = default_config(TrainFrom(chosen) if chosen else None, photos=photos is not None)
    given = {
        name: options[name]
        for name in ("epochs", "batch_size", "backbone_lr", "head_lr", "seed")
        if options[name] is not None
    }
    return default_request(
        photos=photos,
        config=replace(config, **given),
        views=options["views"],
        min_new=options["min_new"],
    )


def _photos(named: list[str] | None) -> "PhotoFolders | None":
    """Return the folders that were named, or the setting's; None for an empty name."""
    from training.data.photo_folders import PhotoFolders

    if named is None:
        return PhotoFolders.parse(settings.BASE_PHOTOS_DIR)
    folders = [folder for folder in named if folder]
    return PhotoFolders.of(folders) if folders else None
