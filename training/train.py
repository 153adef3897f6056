"""From a folder of photos to a bundle: read, split, freeze, train, calibrate, report, save."""

import dataclasses
import hashlib
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from classifier.decision import Thresholds
from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import Manifest, Preprocessing, Temperature, sha256_of
from classifier.ml.network import HierarchicalResNet, StridePlacement, load_imagenet_backbone
from training.augment import ListingAugmentation
from training.calibration import choose_thresholds, fit_temperature
from training.checkpoint import remove_checkpoint
from training.config import TrainConfig
from training.curves import main_level, sub_level
from training.evaluation import decisions, evaluate, novelty
from training.feature_cache import FeatureCache, FeatureCacheBuilder, Views
from training.photos import count_table, fingerprint, read_photos
from training.scoring import LogitArrays, Truth, logits_of, probabilities, truth_of
from training.split import stratified_split
from training.stages import TrainedPart, frozen_part
from training.targets import build_targets
from training.trainer import fit

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What `manage.py train` was asked for."""

    photos: Path
    output: Path
    name: str
    backbone: str
    stride_placement: StridePlacement
    preprocessing: Preprocessing
    views: int
    split_seed: int
    cache: Path
    config: TrainConfig
    # Not part of what names a run, which goes by the repr.
    finish: bool = field(default=False, repr=False)


def train(request: TrainRequest) -> Manifest:
    """Train a bundle and save it; the epoch and thresholds are chosen on validation photos.

    Raises:
        PhotosError, CacheError, TrainingError, UnreadablePhotoError, FileExistsError
    """
    if request.output.exists():
        raise FileExistsError(f"{request.output} exists already; bundles are never overwritten.")
    samples = read_photos(request.photos)
    split = stratified_split(samples, seed=request.split_seed)
    for name in ("train", "validation", "test"):
        logger.info("%s:\n%s", name, count_table(getattr(split, name)))
    config = request.config
    # Before the features, which take long: an empty class is said at once.
    targets = build_targets(
        split.train, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    torch.manual_seed(config.seed)  # the heads start from chance
    network = HierarchicalResNet(request.stride_placement)
    load_imagenet_backbone(network, request.backbone)
    caches = _cache_builder(network, request)
    views = Views(ListingAugmentation(request.preprocessing), "listing", request.views)
    trained_on = caches.build(split.train, "training", views)
    validation = HeldOut(caches.build(split.validation, "validation"), truth_of(split.validation))
    test = HeldOut(caches.build(split.test, "test"), truth_of(split.test))

    found = fingerprint(samples, request.photos)
    checkpoint = request.cache / f"run-{_run_digest(request, found)}"
    epochs = fit(
        network, trained_on, targets, config, lambda part: _judge(part, validation), checkpoint,
        finish=request.finish,
    )  # fmt: skip
    judged = judge_network(TrainedPart(network, config.train_from), validation, test)
    manifest = Manifest(
        name=request.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stride_placement=request.stride_placement,
        weights_sha256="",
        dataset_fingerprint=found,
        preprocessing=request.preprocessing,
        thresholds=judged.thresholds,
        temperature=judged.temperature,
        metrics={"split": {"seed": request.split_seed, "by": "product"}, **judged.figures},
        training={
            "config": dataclasses.asdict(config),
            "views": request.views,
            "epochs": [dataclasses.asdict(epoch) for epoch in epochs],
            "photos": {"train": len(split.train), "validation": len(split.validation)},
        },
    )
    written = save_bundle(network, manifest, request.output)
    remove_checkpoint(checkpoint)
    return written


def _run_digest(request: TrainRequest, dataset: str) -> str:
    """Name a run by all that decides it, so that only the very same run goes on."""
    asked = dataclasses.replace(request, output=Path(), cache=Path(), name="")
    return hashlib.sha256(f"{asked!r}|{dataset}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Photos that are not trained on, and what is true of them."""

    cache: FeatureCache
    truth: Truth

    def logits(self, part: TrainedPart) -> LogitArrays:
        """Return the part's raw outputs for these photos."""
        return logits_of(part, self.cache, len(self.truth.main))


def _judge(part: TrainedPart, validation: HeldOut) -> float:
    """Return what the best epoch is chosen by: main plus subclass accuracy on validation."""
    logits = validation.logits(part)
    found = probabilities(logits, fit_temperature(logits, validation.truth))
    main, sub = main_level(found, validation.truth), sub_level(found, validation.truth)
    auroc = novelty(found, validation.truth)["novelty_auroc"]
    logger.info(
        "Validation: main %.4f, subclass %.4f, novelty AUROC %.4f.",
        main.accuracy, sub.accuracy, auroc or 0,
    )  # fmt: skip
    return sub.accuracy + main.accuracy


@dataclass(frozen=True, slots=True)
class Judged:
    """What validation photos chose, and the figures on both held-out sets."""

    temperature: Temperature
    thresholds: Thresholds
    figures: dict[str, Any]


def judge_network(part: TrainedPart, validation: HeldOut, test: HeldOut) -> Judged:
    """Choose temperature and thresholds on validation photos, then report on test photos."""
    logits = validation.logits(part)
    temperature = fit_temperature(logits, validation.truth)
    found = probabilities(logits, temperature)
    thresholds = choose_thresholds(found, validation.truth)
    on_test = probabilities(test.logits(part), temperature)
    on_test_figures = evaluate(on_test, test.truth, thresholds)
    return Judged(
        temperature,
        thresholds,
        {
            "validation": evaluate(found, validation.truth, thresholds),
            "test": on_test_figures,
            # Only the decisions depend on thresholds.
            "test_at_0.7": on_test_figures | decisions(on_test, test.truth, Thresholds()),
        },
    )


def _cache_builder(network: HierarchicalResNet, request: TrainRequest) -> FeatureCacheBuilder:
    backbone = Path(request.backbone)
    key = {
        "backbone": sha256_of(backbone) if backbone.is_file() else request.backbone,
        "strides": str(request.stride_placement),
        "train_from": str(request.config.train_from),
    }
    frozen = frozen_part(network, request.config.train_from)
    return FeatureCacheBuilder(frozen, request.preprocessing, request.cache, key)
