"""The trainer's jobs about thresholds."""

import pytest

from classifier import jobs
from classifier.ml.manifest import read_manifest
from classifier.models import ModelVersion, TrainerJob
from classifier.taxonomy import TAXONOMY
from classifier.versions import storage
from tests.training.thresholds.test_thresholds_command import registered
from training.jobs.start import work_on

__all__ = ["registered"]  # a fixture
pytestmark = pytest.mark.django_db
KIND, STATE = TrainerJob.Kind, TrainerJob.State


def done(job: TrainerJob) -> TrainerJob:
    work_on(job.pk)
    job.refresh_from_db()
    return job


def test_the_table_has_what_the_version_then_has(registered: ModelVersion) -> None:
    """A promise of the table, asked for by main class, gives the thresholds that stand there."""
    table = done(
        jobs.request(kind=KIND.PROMISES, version=registered, arguments={"mix": "85,10,5"})
    ).result
    assert table is not None
    risks = {"Clothing": 0.05, "Shoes": 0.06, "Bags": 0.05}
    job = done(
        jobs.request(
            kind=KIND.THRESHOLDS, version=registered, arguments={"per": "main", "risks": risks}
        )
    )
    assert job.state == STATE.DONE, job.message
    assert job.made is not None
    chosen = read_manifest(storage.local_folder(job.made)).thresholds.sub
    for group in table["main"]:
        main = group["classes"][0]
        row = next(row for row in group["rows"] if row["risk"] == risks[main])
        assert {chosen[name] for name in TAXONOMY[main]} == {row["threshold"]}
    assert job.made.manifest["metrics"]["promise"]["by_main"] == risks


def test_a_job_that_was_killed_after_its_work_makes_no_second_version(
    registered: ModelVersion,
) -> None:
    """Its process died between the version and the word that it is done."""
    arguments = {"per": "all", "risks": {"all": 0.05}}
    job = jobs.request(kind=KIND.THRESHOLDS, version=registered, arguments=arguments)
    made = done(job).made
    assert made is not None
    TrainerJob.objects.update(state=STATE.RUNNING, finished_at=None, message="")
    assert done(job).made == made
    assert ModelVersion.objects.filter(parent=registered).count() == 1


def test_a_promise_that_cannot_be_kept_fails_with_a_sentence(registered: ModelVersion) -> None:
    """Nothing is registered, and the row says what to do."""
    arguments = {"per": "all", "risks": {"all": 0.005}}
    job = done(jobs.request(kind=KIND.THRESHOLDS, version=registered, arguments=arguments))
    assert job.state == STATE.FAILED
    assert "promise less" in job.message
    assert not ModelVersion.objects.filter(parent=registered).exists()
