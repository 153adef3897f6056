"""A whole retraining, stage by stage; a run that was killed goes on where it stopped."""

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from safetensors import SafetensorError

from classifier.ml.bundle import load_bundle, save_with_weights_of
from classifier.ml.manifest import (
    DATASET_NAME,
    HELD_OUT_NAME,
    REPLAY_NAME,
    REPORT_NAME,
    BundleAwayError,
)
from classifier.models import ModelVersion, RetrainRun, Review, Split
from classifier.photos.receiving.intake import photo_limits
from classifier.photos.storage import StorageUnavailableError
from classifier.retraining import Lease, LeaseLostError, PostponedError, new_reviews
from classifier.versions import registry, storage
from classifier.versions.gate_report import GateReport
from slowfashion_ai.database.away import DATABASE_AWAY
from training.calibration.held_out_scores import joined, read_held_out_file
from training.data.dataset_rows import NAMES, RowSource, read_dataset, write_dataset
from training.data.photo_folders import PhotoFolders
from training.engine.stages import TrainFrom
from training.gate.rules import rules_of
from training.retrain.candidate.train_candidate import CandidateSpec, train_candidate
from training.retrain.compare import Comparison, compare_models
from training.retrain.data.collect import Collected, collect
from training.retrain.data.kept_splits import remember_splits
from training.retrain.data.replay import read_replay, replay_content
from training.retrain.register import Finished, register_candidate
from training.retrain.report import retrain_page
from training.retrain.request import RetrainError, RetrainRequest
from training.retrain.work_folder import WorkFolder
from training.runtime.checkpoint import remove_checkpoint
from training.runtime.progress import listening, time_left
from training.train.replay import replay_of_photos

logger = logging.getLogger(__name__)
Stage = RetrainRun.Stage

COLLECTED: Final = "collected.json"
COMPARED: Final = "compared.json"


def retraining_folder() -> Path:
    """Return the folder that all retrainings share."""
    return Path(settings.VAR_DIR) / "retraining"


def retrain(*, lease: Lease, request: RetrainRequest) -> None:
    """Do a whole run and end it with a verdict; what an earlier process did of it is not redone.

    Nothing of the candidate is visible before the end: then its version, its dataset, the gate's
    report and the promotion appear in one transaction.

    Raises:
        RetrainError: if photos cannot be had, there are too few, or the disk is full.
        PostponedError: if a storage does not answer; what is done is kept.
        LeaseLostError: if another process took the run over.
        RegistryError, BundleError, PhotosError, CacheError, CheckpointError, DiskFullError,
        TrainingError, UnreadablePhotoError: as what they come from says.
    """
    champion = registry.champion()
    if champion is None:
        raise registry.NoChampionError
    try:
        retraining = _Retraining(lease, request, champion)
        try:
            with _postponed_by_storage():
                retraining.go()
        except LeaseLostError:
            raise  # the folder is another process's by now
        except (PostponedError, *DATABASE_AWAY):
            raise  # the run is not over: what is done is kept for the next process
        except Exception:
            # A run that failed does not go on, and copies of photos must not stay.
            retraining.work.remove()
            raise
    except (OSError, SafetensorError) as error:  # the latter hides the OSError of a full disk
        raise RetrainError(
            f"A file cannot be read or written ({error}). Look whether the disk of "
            f"{retraining_folder()} is full, put it right and start the retraining again."
        ) from error


@contextmanager
def _postponed_by_storage() -> Iterator[None]:
    """Let a run wait for a storage that does not answer, be it of photos or of bundles."""
    try:
        yield
    except (StorageUnavailableError, BundleAwayError, BotoCoreError, ClientError) as error:
        raise PostponedError(f"It waits for the storage. {error}") from error


def _processor_seconds() -> float:
    """Return what this process and the readers it started have used, all cores together."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


class _Retraining:
    def __init__(self, lease: Lease, request: RetrainRequest, champion: ModelVersion) -> None:
        self.lease, self.request, self.champion = lease, request, champion
        self.run = lease.run
        folder = retraining_folder() / "work" / str(self.run.pk)
        for other in folder.parent.glob("*"):
            if other != folder:
                # One run is unfinished at most: this is what a dead one left, photos among it.
                shutil.rmtree(other, ignore_errors=True)
        self.work = WorkFolder(folder, {**request.as_dict(), "champion": champion.name})
        self.name = f"retrained-{self.run.requested_at:%Y-%m-%d}-{self.run.pk}"

    def go(self) -> None:
        """Do the stages one after the other."""
        count = new_reviews()
        if count < self.request.min_new and self.work.load(COLLECTED) is None:
            self._nothing_new(count)
            return
        collected = self._during(Stage.COLLECT, self._collect)
        self._during(Stage.TRAIN, lambda: self._train(collected))
        report = self._during(Stage.EVALUATE, lambda: self._evaluate(collected))
        finished = Finished(self.work.bundle, collected, report, self.champion, count)
        self._during(Stage.REGISTER, lambda: storage.store(self.work.bundle, name=self.name))
        self._during(Stage.PROMOTE, lambda: register_candidate(lease=self.lease, finished=finished))
        self.work.remove()

    def _during(self, stage: RetrainRun.Stage, work: Any) -> Any:
        """Do a stage's work and let whoever watches know how far it is."""
        self.lease.report_progress(stage=stage, doing="begins")

        def report(title: str, done: int, total: int, seconds_left: float | None) -> None:
            progress = done / total if total else 0.0
            doing = f"{title}, {done:,} of {total:,}{time_left(seconds_left)}"
            self.lease.report_progress(stage=stage, doing=doing, progress=progress)

        began, used = time.monotonic(), _processor_seconds()
        with listening(report):
            done = work()
        logger.info(
            "%s, %s: %.0f s, %.0f s of processor time.",
            self.run,
            stage.label,
            time.monotonic() - began,
            _processor_seconds() - used,
        )
        return done

    def _nothing_new(self, count: int) -> None:
        message = (
            f"Nothing was done: it takes {self.request.min_new} new reviews, and {count} came "
            f"since {self.champion} was made."
        )
        self.lease.end_with_nothing_new(message, new_reviews=count)
        self.work.remove()

    def _collect(self) -> Collected:
        kept = self.work.load(COLLECTED)
        if kept is None:
            collected = collect(
                self.champion,
                self.request.photos,
                copies=self.work.photos,
                cache=retraining_folder(),
            )
            remember_splits(assignments=collected.assignments)
            write_dataset(self.work.path / DATASET_NAME, collected.rows)
            kept = {
                "base_folders": [str(path) for path in collected.base_folders.paths]
                if collected.base_folders
                else [],
                "more_reviews": collected.more_reviews,
                "notes": collected.notes,
                "replayed": collected.replay is not None,
            }
            self.work.save(COLLECTED, kept)
        with (self.work.path / DATASET_NAME).open(
            newline="", encoding="utf-8", errors=NAMES
        ) as file:
            rows = read_dataset(file, DATASET_NAME)
        base = PhotoFolders.of(kept["base_folders"]) if kept["base_folders"] else None
        return Collected(
            rows,
            base,
            self.work.photos,
            more_reviews=kept["more_reviews"],
            notes=kept["notes"],
            replay=read_replay(self.champion) if kept.get("replayed") else None,
        )

    def _train(self, collected: Collected) -> None:
        if self.work.trained.is_dir():
            return
        spec = CandidateSpec(
            name=self.name,
            champion=storage.local_folder(self.champion),
            split=self.champion.manifest.get("metrics", {}).get("split", {}),
            features=retraining_folder() / "features",
            checkpoint=self.work.checkpoint,
            output=self.work.trained,
            rules=rules_of(settings),
        )
        train_candidate(collected, self.request, spec)
        remove_checkpoint(self.work.checkpoint)

    def _evaluate(self, collected: Collected) -> GateReport:
        """Compare both models, and write the candidate's bundle once its figures are known."""
        kept = self.work.load(COMPARED)
        if kept is not None and self.work.bundle.is_dir():
            return GateReport.from_dict(kept)
        comparison = compare_models(
            collected,
            self._sampled(collected),
            storage.local_folder(self.champion),
            self.work.trained,
            photo_limits(),
            rules_of(settings),
        )
        self.work.save(COMPARED, comparison.report.to_dict())
        save_with_weights_of(
            self.work.trained,
            comparison.candidate,
            self.work.bundle,
            extras={
                DATASET_NAME: (self.work.path / DATASET_NAME).read_bytes(),
                HELD_OUT_NAME: self._held_out(comparison),
                REPORT_NAME: retrain_page(comparison, collected).encode(errors="backslashreplace"),
                **self._replay(collected),
            },
        )
        return comparison.report

    def _replay(self, collected: Collected) -> dict[str, bytes]:
        """Return the replay features of the base photos, if they are to be had.

        The champion's are right as long as its backbone is; where that was trained they are made
        anew from the photos.
        """
        if self.request.config.train_from is TrainFrom.HEADS:
            content = replay_content(self.champion)
            return {} if content is None else {REPLAY_NAME: content}
        base = [row for row in collected.rows if row.source is RowSource.BASE]
        if not base:
            return {}
        bundle = load_bundle(self.work.trained)
        files = [collected.file_of(row) for row in base]
        features = retraining_folder() / "features"
        return {REPLAY_NAME: replay_of_photos(bundle, base, files, features / "replay")}

    def _held_out(self, comparison: Comparison) -> bytes:
        """Return what the candidate says of validation and test photos."""
        validation = self.work.trained / HELD_OUT_NAME
        tables = [read_held_out_file(validation)] if validation.is_file() else []
        return joined([*tables, comparison.held_out]).as_bytes()

    def _sampled(self, collected: Collected) -> set[int]:
        """Return which of the test photos' reviews are of the blind sample."""
        tested = {row.review for row in collected.of_split(Split.TEST)}
        sampled = Review.objects.filter(sampled=True, is_final=True).values_list("pk", flat=True)
        return {review for review in sampled if review in tested}
