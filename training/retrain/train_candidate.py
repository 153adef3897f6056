"""Train a candidate from the champion's weights; what is chosen is chosen on validation photos."""

import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifier.decision import Thresholds
from classifier.ml.bundle import load_bundle, save_bundle
from classifier.ml.manifest import HELD_OUT_NAME, Manifest
from classifier.models import Split
from training.calibration.calibrate import Calibration, calibrate, keep_promise
from training.calibration.held_out import HeldOut, score_of
from training.calibration.held_out_scores import held_out_scores
from training.calibration.near_unit import fit_near_unit
from training.calibration.promise import promise_of
from training.data.dataset_rows import dataset_fingerprint
from training.data.targets import build_targets
from training.engine.stages import TrainedPart
from training.engine.trainer import Epoch, fit
from training.evaluation.figures import evaluate
from training.evaluation.scoring import Truth, truth_of
from training.retrain.batch_sources import source_builder
from training.retrain.data.collect import Collected, counts
from training.retrain.request import RetrainRequest
from training.runtime.devices import make_accelerator

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CandidateSpec:
    """Where a candidate comes from and where it goes.

    Attributes:
        name: of the new bundle.
        champion: folder of the bundle to start from.
        split: how the base photos were split, as the champion's metrics say.
        features: folder of kept features.
        checkpoint: folder of the training, which goes on from there after a kill.
        output: folder of the new bundle.
    """

    name: str
    champion: Path
    split: dict[str, Any]
    features: Path
    checkpoint: Path
    output: Path


def train_candidate(collected: Collected, request: RetrainRequest, spec: CandidateSpec) -> Manifest:
    """Train a candidate and save it as a bundle without figures on test photos.

    Raises:
        PhotosError, CacheError, CheckpointError, DiskFullError, TrainingError, UnreadablePhotoError
    """
    bundle, config = load_bundle(spec.champion), request.config
    network, preprocessing = bundle.network, bundle.manifest.preprocessing
    trained, held_out = collected.samples(Split.TRAIN), collected.samples(Split.VALIDATION)
    targets = build_targets(
        trained, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    build = source_builder(collected, network, preprocessing, request, spec.features)
    training = build.training(trained, "training photos")
    validation = HeldOut(build.evaluation(held_out, "validation photos"), truth_of(held_out))
    epochs = fit(
        network, training, targets, config, lambda part: score_of(part, validation), spec.checkpoint
    )
    fit_near_unit(network, config.train_from, HeldOut(training, truth_of(trained)), validation)
    part = TrainedPart(network, config.train_from)
    chosen = calibrate(part, validation, novelty=config.novelty_weight > 0)
    facts = _training_record(request, epochs, collected)
    manifest = _manifest(bundle.manifest, spec, collected, chosen, validation.truth, facts)
    hashes = [row.sha256 for row in collected.of_split(Split.VALIDATION)]
    scored = held_out_scores(chosen.scores, held_out, hashes, "validation")
    return save_bundle(network, manifest, spec.output, {HELD_OUT_NAME: scored.as_bytes()})


def _manifest(
    champion: Manifest,
    spec: CandidateSpec,
    collected: Collected,
    chosen: Calibration,
    validation: Truth,
    training: dict[str, Any],
) -> Manifest:
    """Return all that the candidate says of itself, with thresholds as the champion's promise."""
    thresholds, promised = promised_thresholds(champion, chosen, validation)
    figures = evaluate(chosen.scores, validation, thresholds)
    return Manifest(
        name=spec.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stride_placement=champion.stride_placement,
        weights_sha256="",
        dataset_fingerprint=dataset_fingerprint(collected.rows),
        parent=champion.name,
        preprocessing=champion.preprocessing,
        thresholds=thresholds,
        temperature=chosen.temperature,
        metrics={"split": spec.split, "validation": figures, **promised},
        training=training,
    )


def promised_thresholds(
    champion: Manifest, chosen: Calibration, validation: Truth
) -> tuple[Thresholds, dict[str, Any]]:
    """Return thresholds that keep the champion's promise, and what the bundle says of it.

    Where it made none, or these photos cannot prove it, they are those chosen for coverage.
    """
    promise = promise_of(champion.metrics)
    if promise is None:
        return chosen.thresholds, {}
    promised = keep_promise(chosen.scores, validation, promise, chosen.thresholds)
    if promised is None:
        return chosen.thresholds, {}
    kept = promised.thresholds if promised.is_kept else chosen.thresholds
    return kept, {"promise": promised.as_dict()}


def _training_record(
    request: RetrainRequest, epochs: list[Epoch], collected: Collected
) -> dict[str, Any]:
    return {
        **request.as_dict(),
        "photos": {split: sum(labels.values()) for split, labels in counts(collected.rows).items()},
        "epochs": [asdict(epoch) for epoch in epochs],
        "device": make_accelerator().device.type,
    }
