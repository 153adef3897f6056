"""Any two versions judged on the same photos."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier import jobs
from classifier.decision import Thresholds
from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import HELD_OUT_NAME
from classifier.ml.network import HierarchicalResNet
from classifier.models import ModelVersion, SplitAssignment, TrainerJob
from classifier.versions import registry
from classifier.versions.gate_report import GateReport
from tests.manifests import a_manifest
from tests.training.retraining import Shown, review
from tests.training.thresholds.test_thresholds_command import drawn_scores, registered
from training.jobs.start import work_on

__all__ = ["registered"]  # a fixture
pytestmark = pytest.mark.django_db
COMPARISON, STATE = TrainerJob.Kind.COMPARISON, TrainerJob.State
LOOSE = Thresholds(sub=dict.fromkeys(Thresholds().sub, 0.5), novelty=0.5)


@pytest.fixture
def other(
    registered: ModelVersion, untrained_network: HierarchicalResNet, tmp_path: Path
) -> ModelVersion:
    """A version that tags more, with scores of half of the photos and one labelled anew."""
    scores = drawn_scores()
    half = scores.of(np.arange(len(scores)) < 2500)
    main = half.truth.main.copy()
    changed = np.flatnonzero(half.split == "test")[0]
    main[changed] = -1 if main[changed] >= 0 else 0
    half = replace(half, truth=replace(half.truth, main=main))
    folder = tmp_path / "loose"
    manifest = a_manifest(name="loose", thresholds=LOOSE)
    save_bundle(untrained_network, manifest, folder, {HELD_OUT_NAME: half.as_bytes()})
    return registry.register(folder=folder)


def compared(version: ModelVersion, other: ModelVersion) -> TrainerJob:
    job = jobs.request(kind=COMPARISON, version=version, other=other)
    work_on(job.pk)
    job.refresh_from_db()
    return job


def test_both_are_judged_on_the_photos_that_both_were_tested_on(
    registered: ModelVersion, other: ModelVersion
) -> None:
    """625 test photos are in both tables, one of them with two labels; nothing else changes."""
    job = compared(other, registered)
    assert job.state == STATE.DONE, job.message
    report = GateReport.from_dict(job.result or {})
    assert report.photos.total == 624
    assert (report.candidate, report.champion) == ("loose", "careful")
    figures = report.figures
    assert figures["candidate"]["coverage"] > figures["champion"]["coverage"]
    assert figures["candidate"]["photos"] == figures["champion"]["photos"]
    other.refresh_from_db()
    assert other.gate is None
    back = GateReport.from_dict(compared(registered, other).result or {})
    assert back.photos_sha256 == report.photos_sha256
    assert back.figures["candidate"] == figures["champion"]


def test_reviewed_photos_of_the_test_are_scored_now(
    registered: ModelVersion, other: ModelVersion
) -> None:
    """What is for the test for ever counts too; what may be trained on does not."""
    kept, *trained = review([Shown.of(3, seed) for seed in range(3)], version=registered)
    for one, split in ((kept, "test"), *((row, "train") for row in trained)):
        assert one.photo is not None
        SplitAssignment.objects.create(sha256=one.photo.sha256, split=split, product="listing 1")
    job = compared(other, registered)
    assert job.state == STATE.DONE, job.message
    report = GateReport.from_dict(job.result or {})
    assert (report.photos.total, report.photos.reviewed) == (625, 1)


def test_too_few_photos_are_a_sentence(
    registered: ModelVersion, untrained_network: HierarchicalResNet, tmp_path: Path
) -> None:
    """A bundle without held-out scores has none in common with another."""
    save_bundle(untrained_network, a_manifest(name="old"), tmp_path / "old")
    job = compared(registered, registry.register(folder=tmp_path / "old"))
    assert job.state == STATE.FAILED
    assert "There are 0 photos that neither careful nor old was trained or chosen on" in job.message
