"""Train a candidate from the champion's weights; what is chosen is chosen on validation photos."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifier.ml.bundle import load_bundle, save_bundle
from classifier.ml.manifest import HELD_OUT_NAME, Manifest
from classifier.ml.network import HeadLayout, HierarchicalResNet
from classifier.models import Split
from training.calibration.held_out import HeldOut, score_of
from training.calibration.held_out_scores import held_out_scores
from training.calibration.near_unit import fit_near_unit
from training.data.batches import BatchSource
from training.data.dataset_rows import RowSource, dataset_fingerprint
from training.data.targets import build_targets
from training.engine.config import TrainConfig
from training.engine.joint_heads import fit_joint_heads
from training.engine.stages import TrainedPart, TrainFrom
from training.engine.trainer import Epoch, fit
from training.engine.weights.interpolation import copied_state
from training.evaluation.figures import evaluate
from training.evaluation.scoring import features_of, truth_of
from training.features.batch_sources import BatchSourceBuilder
from training.gate.rules import GateRules
from training.retrain.candidate.batch_sources import source_builder
from training.retrain.choose import Chosen, choose, choose_interpolation
from training.retrain.data.collect import Collected, counts
from training.retrain.request import RetrainRequest
from training.runtime.devices import make_accelerator
from training.runtime.progress import Progress

# Reviewed photos are of the stream itself. Measured on upside-down photos: docs/retraining.md.
REVIEW_EMPHASIS: Final = 2.5


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
        rules: the gate's, which say what a decision costs.
    """

    name: str
    champion: Path
    split: dict[str, Any]
    features: Path
    checkpoint: Path
    output: Path
    rules: GateRules


def train_candidate(collected: Collected, request: RetrainRequest, spec: CandidateSpec) -> Manifest:
    """Train a candidate and save it as a bundle without figures on test photos.

    Raises:
        PhotosError, CacheError, CheckpointError, DiskFullError, TrainingError, UnreadablePhotoError
    """
    network, before = (bundle := load_bundle(spec.champion)).network, bundle.manifest
    build = source_builder(collected, network, before.preprocessing, request, spec.features)
    samples = collected.samples(Split.VALIDATION)
    validation = HeldOut(build.evaluation(samples, "validation photos"), truth_of(samples))
    part = TrainedPart(network, request.config.train_from)
    start, novelty = copied_state(part), request.config.novelty_weight > 0
    epochs = _train(network, collected, request, build, validation, spec.checkpoint)
    share, chosen = choose_interpolation(
        part,
        start,
        lambda: choose(part, validation, samples, before, spec.rules, novelty=novelty),
    )
    training_record = _training_record(request, epochs, collected, share)
    manifest = _manifest(before, spec, collected, chosen, validation, training_record)
    scored = held_out_scores(
        chosen.calibration.scores,
        samples,
        [row.sha256 for row in collected.of_split(Split.VALIDATION)],
        "validation",
    )
    return save_bundle(network, manifest, spec.output, {HELD_OUT_NAME: scored.as_bytes()})


def _train(
    network: HierarchicalResNet,
    collected: Collected,
    request: RetrainRequest,
    build: BatchSourceBuilder,
    validation: HeldOut,
    checkpoint: Path,
) -> list[Epoch]:
    """Train the network in place; return the epochs, none where the heads are fitted at once."""
    samples, config = collected.samples(Split.TRAIN), request.config
    if fits_heads(str(network.head_layout), config):
        _fit_heads(network, build.evaluation(samples, "training photos"), collected)
        return []
    training = build.training(samples, "training photos")
    targets = build_targets(
        samples, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    epochs = fit(
        network, training, targets, config, lambda part: score_of(part, validation), checkpoint
    )
    training_photos = HeldOut(training, truth_of(samples))
    fit_near_unit(network, config.train_from, training_photos, validation)
    return epochs


def _manifest(
    before: Manifest,
    spec: CandidateSpec,
    collected: Collected,
    chosen: Chosen,
    validation: HeldOut,
    training: dict[str, Any],
) -> Manifest:
    """Return what the candidate's bundle says of itself."""
    figures = evaluate(chosen.calibration.scores, validation.truth, chosen.thresholds)
    return Manifest(
        name=spec.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stride_placement=before.stride_placement,
        weights_sha256="",
        dataset_fingerprint=dataset_fingerprint(collected.rows),
        parent=before.name,
        preprocessing=before.preprocessing,
        thresholds=chosen.thresholds,
        temperature=chosen.calibration.temperature,
        metrics={"split": spec.split, "validation": figures.as_dict(), **chosen.promised},
        training=training,
    )


def fits_heads(head_layout: str, config: TrainConfig) -> bool:
    """Return whether nothing but joint heads is trained, which is a regression without epochs."""
    return head_layout == HeadLayout.JOINT and config.train_from is TrainFrom.HEADS


def _fit_heads(network: HierarchicalResNet, training: BatchSource, collected: Collected) -> None:
    """Fit joint heads anew, no further from the champion's than the photos ask for."""
    features, rows = features_of(TrainedPart(network, TrainFrom.HEADS), training)
    photos = [collected.of_split(Split.TRAIN)[row] for row in rows]
    reviewed = np.array([photo.source is RowSource.REVIEW for photo in photos])
    with Progress("fitting the heads", 1) as progress:
        fit_joint_heads(
            network,
            features,
            [photo.sample(collected.file_of(photo)) for photo in photos],
            from_present=True,
            emphasis=np.where(reviewed, REVIEW_EMPHASIS, 1.0),
        )
        progress.advance(1)


def _training_record(
    request: RetrainRequest, epochs: list[Epoch], collected: Collected, interpolation: float
) -> dict[str, Any]:
    return {
        **request.as_dict(),
        "photos": {split: sum(labels.values()) for split, labels in counts(collected.rows).items()},
        "interpolation": interpolation,
        "epochs": [asdict(epoch) for epoch in epochs],
        "device": make_accelerator().device.type,
    }
