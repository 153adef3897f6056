"""Model versions: register a bundle, find a version by name, say which one is champion."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from classifier.ml.manifest import (
    MANIFEST_NAME,
    BundleError,
    Manifest,
    check_replay,
    check_weights,
    manifest_as_dict,
    read_manifest,
)
from classifier.models import ModelVersion
from classifier.versions import storage


class RegistryError(Exception):
    """A registration or promotion is not possible; the message says why."""


class NoChampionError(RegistryError):
    """No model version is in production."""

    def __init__(self) -> None:
        super().__init__(
            "No model is in production. Register one with "
            "`manage.py register_model FOLDER --promote`; the starter model lies in "
            f"{settings.BASE_DIR / 'bundles' / 'starter'}."
        )


def champion() -> ModelVersion | None:
    """Return the model version in production, if there is one."""
    return ModelVersion.objects.champions().first()


def champion_number() -> int | None:
    """Return the number of the version in production alone: its manifest takes time to read."""
    return ModelVersion.objects.champions().values_list("pk", flat=True).first()


def named(name: str) -> ModelVersion:
    """Return the registered version of this name.

    Raises:
        RegistryError: if there is none; the message lists those there are.
    """
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        known = ", ".join(ModelVersion.objects.values_list("name", flat=True)) or "none"
        raise RegistryError(f"No model is registered as {name}. Registered: {known}.")
    return version


def register(*, folder: Path, parent: ModelVersion | None = None) -> ModelVersion:
    """Check a bundle, copy it to the bundle storage and register it as a candidate.

    Registering the same bundle again returns the version there is, and mends its files. Replay
    features may have been added to it meanwhile; they are taken over.

    Args:
        folder: the bundle; the extras it carries are stored too.
        parent: the version whose weights it started from; else the one the bundle names, if
            that is registered.

    Raises:
        BundleError: if the bundle is missing, damaged or of another format or taxonomy.
        RegistryError: if another bundle is registered under its name, or if it names another
            parent.
    """
    manifest = read_manifest(folder)
    check_weights(folder, manifest)
    check_replay(folder, manifest)
    parent = _parent(manifest, parent)
    # Through JSON and back, as the database keeps it.
    document = json.loads(json.dumps(manifest_as_dict(manifest)))
    known = ModelVersion.objects.filter(name=manifest.name).first()
    if known is not None and not _same_model(known.manifest, document):
        raise RegistryError(
            f"Another bundle is registered as {manifest.name}. Names are never used twice: "
            f"change `name` in {folder / MANIFEST_NAME}."
        )
    storage.store(folder, name=manifest.name)
    version, created = ModelVersion.objects.get_or_create(
        name=manifest.name,
        defaults={
            "weights_sha256": manifest.weights_sha256, "manifest": document, "parent": parent
        },
    )  # fmt: skip
    if not created and document["replay_sha256"] and version.manifest != document:
        version.manifest = document
        version.save(update_fields=["manifest"])
    if not created and version.parent is None and parent is not None:
        # The parent was registered after its child.
        version.parent = parent
        version.save(update_fields=["parent"])
    return version


def _same_model(known: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether two manifests are of one bundle, whose replay features may have been added."""
    beside_the_model = {"replay_sha256": ""}
    return {**known, **beside_the_model} == {**document, **beside_the_model}


def _parent(manifest: Manifest, given: ModelVersion | None) -> ModelVersion | None:
    if given is None:
        return ModelVersion.objects.filter(name=manifest.parent or "").first()
    if manifest.parent not in (None, given.name):
        raise RegistryError(
            f"{manifest.name} says that it started from {manifest.parent}, not from {given}."
        )
    return given


def check_champion() -> BundleError | NoChampionError | None:
    """Return what is wrong with the champion's bundle, or None when it can be used."""
    version = champion()
    if version is None:
        return NoChampionError()
    try:
        storage.check_files(version)
    except BundleError as error:
        return error
    return None
