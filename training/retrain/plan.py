"""What a retraining would do: `manage.py retrain --dry-run`."""

import tempfile
from pathlib import Path

from classifier.models import ModelVersion, Split
from classifier.retraining import new_reviews
from classifier.versions import registry
from training.data.dataset_rows import RowSource
from training.engine.config import TrainConfig
from training.retrain.candidate.train_candidate import fits_heads
from training.retrain.data.collect import collect
from training.retrain.report import split_rows
from training.retrain.request import RetrainRequest
from training.retrain.run import retraining_folder


def _training_in_words(champion: ModelVersion, config: TrainConfig) -> str:
    if fits_heads(champion.manifest.get("head_layout", ""), config):
        return "fit its joint heads anew"
    return f"train {config.train_from} for {config.epochs} epochs"


def plan(request: RetrainRequest) -> str:
    """Return in words what this retraining would do; nothing is stored but perceptual hashes.

    Raises:
        NoChampionError: if there is no model to start from.
        RetrainError: if it could not be done.
    """
    champion = registry.champion()
    if champion is None:
        raise registry.NoChampionError
    count = new_reviews()
    lines = [f"New reviews since {champion} was made: {count}."]
    if count < request.min_new:
        lines.append(f"It would do nothing: that takes {request.min_new} (--min-new).")
        return "\n".join(lines)
    with tempfile.TemporaryDirectory(prefix="dry-run-") as folder:
        collected = collect(
            champion, request.photos, copies=Path(folder), cache=retraining_folder()
        )
    lines += [f"Note: {note}" for note in collected.notes]
    reviewed = sum(row.source is RowSource.REVIEW for row in collected.rows)
    lines += [
        f"It would start from {champion}, {_training_in_words(champion, request.config)}, "
        f"and compare both on {len(collected.of_split(Split.TEST))} test photos. Of "
        f"{len(collected.rows)} photos {reviewed} are reviewed ones.",
        "",
        f"{'':<16}{'training':>18}{'validation':>18}{'test':>18}",
        f"{'photos of':<16}" + f"{'base':>9}{'reviewed':>9}" * 3,
    ]
    for row in split_rows(collected.rows):
        lines.append(f"{row['label']:<16}" + "".join(f"{count:>9}" for count in row["counts"]))
    return "\n".join(lines)
