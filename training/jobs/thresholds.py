"""Jobs about thresholds: what each promise comes to, and a version that keeps one."""

from typing import Any

from django.conf import settings

from classifier.decision import Thresholds
from classifier.jobs import JobLease
from classifier.ml.manifest import read_manifest
from classifier.models import ModelVersion
from classifier.versions import storage
from classifier.versions.stream import Mix
from training.calibration.promise import Promise, choose_by_promise
from training.thresholds.held_out import ThresholdsError, held_out_of
from training.thresholds.new_version import free_name, make_version
from training.thresholds.promises import CONFIDENCE, promise_table
from training.thresholds.words import promise_words


def work_promises_out(lease: JobLease) -> None:
    """Keep with the job what each promise comes to for its version.

    Raises:
        ThresholdsError, BundleError, ValueError: as what they come from says.
    """
    version = lease.job.version
    chosen = held_out_of(version).choosing
    mix = Mix.parse(lease.job.arguments["mix"])
    table = promise_table(chosen, _base(version), mix)
    lease.finish(message=f"Worked out from {len(chosen)} held-out photos.", result=table)


def make_thresholds(lease: JobLease) -> None:
    """Make the version that the job asks for, through the gate.

    Raises:
        ThresholdsError: if no threshold keeps the promise.
        BundleError, RegistryError, ValueError: as what they come from says.
    """
    job, version = lease.job, lease.job.version
    name = job.arguments.get("name")
    if name is None:
        name = free_name(version, _promise(job.arguments))
        # Remembered first: who goes on after a kill makes no second version.
        lease.remember(name=name)
    elif made := ModelVersion.objects.filter(name=name).first():
        lease.finish(message=f"{made} was made.", made=made)
        return
    held_out = held_out_of(version)
    chosen = held_out.choosing
    promise = _promise(job.arguments)
    promised = choose_by_promise(chosen.scores, chosen.truth, promise, _base(version))
    if not promised.coverage:
        raise ThresholdsError(
            f"No threshold keeps that promise on {len(chosen)} held-out photos; promise less."
        )
    made = make_version(
        version=version,
        name=name,
        promised=promised,
        held_out=held_out,
        promote=bool(job.arguments.get("promote")),
    )
    summary = (made.gate or {}).get("summary", "")
    lease.finish(
        message=f"{promise_words(promised)} {made} is {made.get_state_display()}. {summary}",
        made=made,
    )


def _base(version: ModelVersion) -> Thresholds:
    return read_manifest(storage.local_folder(version)).thresholds


def _promise(arguments: dict[str, Any]) -> Promise:
    risks = {str(name): float(risk) for name, risk in arguments["risks"].items()}
    mix = Mix.parse(settings.STREAM_MIX)
    if arguments["per"] == "all":
        return Promise(risks["all"], CONFIDENCE, mix)
    return Promise(min(risks.values()), CONFIDENCE, mix, "main", risks)
