"""The replay features that a champion's bundle carries, read from the bundle storage."""

import hashlib

from classifier.ml.manifest import LARGEST_REPLAY, REPLAY_NAME
from classifier.models import ModelVersion
from classifier.versions import storage
from training.features.replay import ReplayError, ReplayFeatures
from training.retrain.request import RetrainError


def carries_replay(version: ModelVersion) -> bool:
    """Return whether a version's bundle lists replay features."""
    return bool(version.manifest.get("replay_sha256"))


def replay_content(version: ModelVersion) -> bytes | None:
    """Return a version's ``replay.safetensors`` as it was saved; None where it carries none.

    Raises:
        RetrainError: if the file is missing, too large or not the one that was saved.
    """
    if not carries_replay(version):
        return None
    file = storage.open_extra(version, REPLAY_NAME)
    if file is None:
        raise RetrainError(_damaged(version, "it is not there"))
    with file:
        content: bytes = file.read(LARGEST_REPLAY + 1)
    if len(content) > LARGEST_REPLAY:
        raise RetrainError(_damaged(version, f"it has more than {LARGEST_REPLAY:,} bytes"))
    if hashlib.sha256(content).hexdigest() != version.manifest["replay_sha256"]:
        raise RetrainError(_damaged(version, "its SHA-256 is not the one it was saved with"))
    return content


def read_replay(version: ModelVersion) -> ReplayFeatures | None:
    """Return the replay features of a version's bundle; None where it carries none.

    Raises:
        RetrainError: if the file cannot be used.
    """
    content = replay_content(version)
    if content is None:
        return None
    try:
        return ReplayFeatures.from_bytes(content)
    except ReplayError as error:
        raise RetrainError(_damaged(version, str(error))) from error


def _damaged(version: ModelVersion, why: str) -> str:
    return (
        f"The replay features of {version} ({REPLAY_NAME}) cannot be used: {why}. Register its "
        "bundle again with `manage.py register_model FOLDER`."
    )
