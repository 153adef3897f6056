"""The held-out scores that travel with a registered bundle."""

from io import TextIOWrapper

from classifier.ml.manifest import HELD_OUT_NAME
from classifier.models import ModelVersion
from classifier.versions import storage
from training.calibration.held_out_scores import (
    HeldOutScores,
    HeldOutScoresError,
    read_held_out,
)
from training.data.dataset_rows import NAMES


class ThresholdsError(Exception):
    """There can be no other thresholds; the message says why and what to do."""


def held_out_of(version: ModelVersion) -> HeldOutScores:
    """Return a version's held-out scores.

    Raises:
        ThresholdsError: if its bundle carries none, or none of one of both kinds that are needed.
    """
    file = storage.open_extra(version, HELD_OUT_NAME)
    if file is None:
        raise ThresholdsError(
            f"The bundle of {version} carries no held-out scores ({HELD_OUT_NAME}), as bundles of "
            "older releases do not, so nobody can tell what other thresholds would come to. Train "
            "a model with manage.py train or manage.py retrain; its bundle carries them."
        )
    name = f"{version.name}/{HELD_OUT_NAME}"
    with file, TextIOWrapper(file, encoding="utf-8", newline="", errors=NAMES) as text:
        try:
            scores = read_held_out(text, name)
        except HeldOutScoresError as error:
            raise ThresholdsError(
                f"{error} Register the bundle again with manage.py register_model FOLDER."
            ) from error
    for part, purpose in ((scores.choosing, "to choose by"), (scores.reporting, "to report on")):
        if not len(part):
            raise ThresholdsError(f"{name} has no photos {purpose}. Train the model again.")
    return scores
