"""Loads a bundle in a process of its own, with a limit on memory, before anybody works with it.

A bundle that asks for too much, or crashes what reads it, then costs a promotion and no worker.
"""

import importlib.util
import os
import signal
import subprocess
import sys
from typing import Final

from django.conf import settings

from classifier.ml.manifest import BundleError
from classifier.models import ModelVersion
from classifier.versions import storage

# Several times what loading takes on a busy machine.
LOAD_SECONDS: Final = 180


class TrialFailedError(BundleError):
    """The files are whole, but loading them fails, takes too much memory or never ends."""


def try_to_load(version: ModelVersion) -> None:
    """Load a version and score two drawn pictures on the CPU, in a process that may die of it.

    Where there is no torch, as in a web process of its own image, this is left to the workers:
    each tries before it takes a new champion. `TRIAL_LOAD_MB` of 0 leaves it out.

    Raises:
        BundleError: if that fails; the message says how.
    """
    if not settings.TRIAL_LOAD_MB or importlib.util.find_spec("torch") is None:
        return
    folder, most = storage.local_folder(version), settings.TRIAL_LOAD_MB * 2**20
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "classifier.ml.load_once", str(folder), str(most)],
            # On the CPU alone: the device belongs to the model at work.
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"},
            cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=LOAD_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _failed(version, f"it takes longer than {LOAD_SECONDS} seconds") from error
    if done.returncode:
        raise _failed(version, _what_went_wrong(done))


def _failed(version: ModelVersion, why: str) -> TrialFailedError:
    return TrialFailedError(
        f"{version} was loaded on trial, with {settings.TRIAL_LOAD_MB} MB of memory, and failed: "
        f"{why}. It was not promoted. If its network really needs more, raise TRIAL_LOAD_MB."
    )


def _what_went_wrong(done: "subprocess.CompletedProcess[str]") -> str:
    if done.returncode < 0:
        return f"its process was ended by {signal.Signals(-done.returncode).name}"
    lines = done.stderr.strip().splitlines()
    return lines[-1].rstrip(".") if lines else f"its process ended with {done.returncode}"
