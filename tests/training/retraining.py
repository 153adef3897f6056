"""Small worlds for retraining: coloured patterns to learn from, reviewed as sellers' photos."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import torch
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from classifier.decision import Thresholds, decide
from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import DATASET_NAME, Preprocessing
from classifier.ml.network import HeadLayout, HierarchicalResNet
from classifier.ml.preprocessing import normalise, to_tensor
from classifier.models import Listing, ListingPhoto, ModelVersion, Review
from classifier.photos.storage import must_be_there
from classifier.review import verdicts
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES, TAXONOMY
from classifier.versions import storage
from tests.manifests import a_manifest
from tests.tagged_photos import scores_for
from tests.training.patterns import tinted_jpeg
from tests.true_verdicts import verdict_for
from training.calibration.held_out import HeldOut
from training.calibration.near_unit import fit_near_unit
from training.calibration.thresholds import choose_thresholds, fit_temperature
from training.data.dataset_rows import base_rows, write_dataset
from training.data.folder import Sample, read_photos
from training.data.photo_folders import PhotoFolders
from training.data.splits.split import stratified_split
from training.engine.joint_heads import fit_joint_heads
from training.engine.stages import TrainedPart, TrainFrom
from training.evaluation.scoring import probabilities, truth_of
from training.features.cache import FeatureCache
from training.train.replay import add_replay

SMALL = Preprocessing(size=32, resize=32, fit="pad")
BASE_EACH = 40
SURE = 12.0  # logit of a class that is certain
FOLDERS = (
    *(f"{main}/{sub}" for main, subs in TAXONOMY.items() for sub in subs),
    "Near/Shoes/Sneakers",
    "Others/Plants",
)
NEAR_SHOES, OTHERS = len(SUBCLASSES), len(SUBCLASSES) + 1


def write_base_photos(folder: Path, each: int = BASE_EACH) -> Path:
    """Write that many photos of every class as a folder tree, of others twice as many."""
    for number, subfolder in enumerate(FOLDERS):
        (folder / subfolder).mkdir(parents=True, exist_ok=True)
        # Of others the gate wants to see some more.
        for seed in range(2 * each if number == OTHERS else each):
            (folder / subfolder / f"{seed}.jpg").write_bytes(tinted_jpeg(number, seed))
    return folder


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reviewed photo shows, and what a moderator says of it."""

    data: bytes
    main: str | None
    sub: str | None

    @classmethod
    def of(
        cls, class_index: int, seed: int, *, reviewed_as: int | None = None, **colours: float
    ) -> "Shown":
        """Return a photo of one class that a moderator takes for ``reviewed_as``."""
        main, sub = label_of(class_index if reviewed_as is None else reviewed_as)
        return cls(tinted_jpeg(class_index, seed, **colours), main, sub)


def label_of(class_index: int) -> tuple[str | None, str | None]:
    if class_index < len(SUBCLASSES):
        return MAIN_OF[SUBCLASSES[class_index]], SUBCLASSES[class_index]
    return ("Shoes", None) if class_index == NEAR_SHOES else (None, None)


def review(
    shown: Iterable[Shown],
    *,
    version: ModelVersion,
    sampling_share: float | None = None,
    listing: Listing | None = None,
) -> list[Review]:
    """Store the photos, each in a listing of its own unless one is named, and review them.

    Args:
        shown: the photos.
        version: that tagged them: unsure of each, or sure of those that were sampled.
        sampling_share: the probability with which the blind sample takes a photo; None outside it.
        listing: of all of them.
    """
    moderator, _ = User.objects.get_or_create(username="moderator of retraining")
    seller, _ = User.objects.get_or_create(username="seller of retraining")
    return [
        _review(
            one,
            listing or Listing.objects.create(seller=seller),
            moderator,
            version,
            sampling_share,
        )
        for one in shown
    ]


def _review(
    one: Shown,
    listing: Listing,
    moderator: User,
    version: ModelVersion,
    sampling_share: float | None,
) -> Review:
    scores = scores_for("Boots") if sampling_share else scores_for("Boots", main=0.5, share=0.3)
    decision = decide(scores, Thresholds())
    photo = ListingPhoto(
        listing=listing,
        width=96,
        height=80,
        sha256=hashlib.sha256(one.data).hexdigest(),
        status="classified",
        main=decision.main,
        sub=decision.sub,
        outcome=decision.outcome,
        reason=decision.reason,
        main_confidence=decision.main_confidence,
        sub_confidence=decision.sub_confidence,
        scores=scores.as_dict(),
        model_version=version,
        classified_at=timezone.now(),
    )
    must_be_there(default_storage)
    photo.image.save(f"{uuid4().hex}.jpg", ContentFile(one.data), save=False)
    photo.save()
    reviewed = verdicts.review_of(
        photo, moderator=moderator, verdict=verdict_for(one.main, one.sub), key=uuid4()
    )
    reviewed.sampled, reviewed.sampling_share = sampling_share is not None, sampling_share
    verdicts.store(reviewed)
    return reviewed


def make_champion(
    folder: Path,
    base: Path,
    *,
    name: str = "first",
    confused: bool = False,
    layout: HeadLayout = HeadLayout.SEPARATE,
) -> Path:
    """Write a bundle that tells the base photos apart by heads on chance features.

    Args:
        folder: of the bundle.
        base: folder of the base photos.
        name: of the bundle.
        confused: whether it takes boots and flats for something else.
        layout: of its heads.
    """
    torch.manual_seed(0)
    network = HierarchicalResNet(head_layout=layout).eval()
    samples = read_photos(base)
    split = stratified_split(samples, seed=0)
    train, features = split.train, _features_in(base, network, split.train)
    if layout is HeadLayout.JOINT:
        fit_joint_heads(network, features, train)
    else:
        _fit_separate_heads(network, features, train)
    learned = HeldOut(_feature_cache(features), truth_of(train))
    validation = HeldOut(
        _feature_cache(_features_in(base, network, split.validation)), truth_of(split.validation)
    )
    fit_near_unit(network, TrainFrom.HEADS, learned, validation)
    logits = validation.logits(TrainedPart(network, TrainFrom.HEADS).eval())
    temperature = fit_temperature(logits, validation.truth)
    if confused:
        with torch.no_grad():
            for sub in ("Boots", "Flats"):
                network.sub_head.bias[SUBCLASSES.index(sub)] -= SURE
    fingerprint = PhotoFolders.of(base).fingerprint(samples)
    manifest = a_manifest(
        name=name,
        preprocessing=SMALL,
        dataset_fingerprint=fingerprint,
        metrics={"split": {"seed": 0, "by": "product"}},
        temperature=temperature,
        thresholds=choose_thresholds(probabilities(logits, temperature), validation.truth),
    )
    save_bundle(network, manifest, folder)
    return folder


def add_replay_to(bundle: Path, base: Path, cache: Path) -> None:
    """Let a bundle of `make_champion` list its photos and carry their replay features."""
    photos = PhotoFolders.of(base)
    write_dataset(bundle / DATASET_NAME, base_rows(stratified_split(photos.read(), seed=0), photos))
    add_replay(bundle, photos, cache)


def _fit_separate_heads(
    network: HierarchicalResNet, features: Any, train: Sequence[Sample]
) -> None:
    items = np.array([s.sub is not None for s in train])
    ours = np.array([s.main is not None for s in train])
    subs = [SUBCLASSES.index(s.sub) if s.sub else -1 for s in train]
    mains = [MAIN_CLASSES.index(s.main) if s.main else -1 for s in train]
    _fit_head(network.sub_head, features[items], np.array(subs)[items])
    assert network.main_head is not None
    _fit_head(network.main_head, features[ours], np.array(mains)[ours])
    _fit_head(network.novelty_unit, features, ~ours)


_FEATURES: dict[Path, dict[Path, Any]] = {}  # of each photo, by the folder of base photos


def _features_in(base: Path, network: HierarchicalResNet, samples: Sequence[Sample]) -> Any:
    """Return the photos' features, computed once: all champions start from one backbone."""
    kept = _FEATURES.setdefault(base, {})
    if new := [s.path for s in samples if s.path not in kept]:
        with torch.inference_mode():
            pixels = torch.stack([to_tensor(path.read_bytes(), SMALL) for path in new])
            features = network.backbone(normalise(pixels, SMALL)).numpy()
        kept |= zip(new, features, strict=True)
    return np.stack([kept[s.path] for s in samples])


def _feature_cache(features: Any) -> FeatureCache:
    return FeatureCache(features[:, None].astype(np.float16))


def _fit_head(head: torch.nn.Linear, features: Any, labels: Any) -> None:
    """Fill a head with a ridge regression on the classes, of which the scaling is a part."""
    scaler = StandardScaler().fit(features)
    wanted = np.eye(len(head.bias))[labels] if len(head.bias) > 1 else labels[:, None] - 0.5
    fitted = Ridge(alpha=300.0).fit(scaler.transform(features), SURE * wanted)
    weight = fitted.coef_ / scaler.scale_
    bias = fitted.intercept_ - weight @ scaler.mean_
    with torch.no_grad():
        head.weight.copy_(torch.tensor(weight))
        head.bias.copy_(torch.tensor(bias))


def dataset_of(version: ModelVersion) -> list[dict[str, str]]:
    """Return the rows of ``dataset.csv`` as a version's bundle carries them."""
    file = storage.open_extra(version, "dataset.csv")
    assert file is not None
    with file:
        return list(csv.DictReader(file.read().decode(errors="surrogateescape").splitlines()))
