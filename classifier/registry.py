"""Model versions: register a bundle, promote it, find its files, say which one is champion."""

import hashlib
import json
import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import transaction
from django.utils import timezone

from classifier.ml.manifest import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    BundleError,
    BundleMissingError,
    check_weights,
    manifest_as_dict,
    read_manifest,
    sha256_of,
)
from classifier.models import ModelVersion

logger = logging.getLogger(__name__)


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


def _storage() -> Storage:
    return storages["bundles"]


def champion() -> ModelVersion | None:
    """Return the model version in production, if there is one."""
    return ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).first()


def register(*, folder: Path) -> ModelVersion:
    """Check a bundle, copy it to the bundle storage and register it as a candidate.

    Registering the same bundle again returns the version there is.

    Raises:
        BundleError: if the bundle is missing, damaged or of another format or taxonomy.
        RegistryError: if another bundle is registered under its name.
    """
    manifest = read_manifest(folder)
    check_weights(folder, manifest)
    # Through JSON and back, as the database keeps it.
    document = json.loads(json.dumps(manifest_as_dict(manifest)))
    known = ModelVersion.objects.filter(name=manifest.name).first()
    if known is not None and known.manifest != document:
        raise RegistryError(
            f"Another bundle is registered as {manifest.name}. Names are never used twice: "
            f"change `name` in {folder / MANIFEST_NAME}."
        )
    for file_name in (WEIGHTS_NAME, MANIFEST_NAME):
        # Also for a known version: this is how a lost or damaged file comes back.
        _put(folder / file_name, f"{manifest.name}/{file_name}")
    if known is not None:
        return known
    return ModelVersion.objects.create(
        name=manifest.name, weights_sha256=manifest.weights_sha256, manifest=document
    )


def _put(path: Path, stored_name: str) -> None:
    """Store a file under exactly this name, unless the same content is there already."""
    storage = _storage()
    if storage.exists(stored_name):
        with storage.open(stored_name) as stored:
            if hashlib.file_digest(stored, "sha256").hexdigest() == sha256_of(path):
                return
        storage.delete(stored_name)
    with path.open("rb") as file:
        storage.save(stored_name, File(file))


def promote(*, version: ModelVersion, by: User | None = None) -> None:
    """Make a version the champion and retire the one before; workers notice by themselves.

    Raises:
        RegistryError: if the version was rejected.
    """
    with transaction.atomic():
        # The row as it is now; the caller's copy may be old.
        state = ModelVersion.objects.select_for_update().get(pk=version.pk).state
        if state == ModelVersion.State.REJECTED:
            raise RegistryError(f"{version} was rejected by the gate; it cannot be promoted.")
        ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).exclude(
            pk=version.pk
        ).update(state=ModelVersion.State.RETIRED)
        version.state = ModelVersion.State.CHAMPION
        version.promoted_at = timezone.now()
        version.promoted_by = by
        version.save(update_fields=["state", "promoted_at", "promoted_by"])


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


def rollback(*, by: User | None = None) -> ModelVersion:
    """Make the version that was champion before the champion again, and return it.

    Raises:
        RegistryError: if there was none before.
        BundleError: if its bundle cannot be used; the champion stays.
    """
    before = (
        ModelVersion.objects.filter(state=ModelVersion.State.RETIRED, promoted_at__isnull=False)
        .order_by("-promoted_at")
        .first()
    )
    if before is None:
        raise RegistryError("No model was in production before this one, so there is no way back.")
    check_files(before)
    promote(version=before, by=by)
    return before


def check_files(version: ModelVersion) -> None:
    """Check that a version's bundle is whole.

    Raises:
        BundleError: if it is missing, damaged or of another format or taxonomy.
    """
    folder = local_folder(version)
    check_weights(folder, read_manifest(folder))


def local_folder(version: ModelVersion) -> Path:
    """Return a folder on this machine with the version's bundle, fetching it if it lies remote.

    Raises:
        BundleError: if the bundle lies remote and cannot be fetched whole.
    """
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        return Path(storage.path(version.name))
    folder = Path(settings.BUNDLE_CACHE_DIR) / f"{version.name}-{version.weights_sha256[:12]}"
    try:
        check_weights(folder, read_manifest(folder))
    except BundleError:
        # Not there yet, or damaged since: either way a fresh copy puts it right.
        _fetch(storage, version, folder)
    return folder


def _fetch(storage: Storage, version: ModelVersion, folder: Path) -> None:
    """Download aside, check, then rename: a cached bundle is whole or absent."""
    # Imported here: a web process that stores files on disk has no use for it.
    from botocore.exceptions import BotoCoreError, ClientError

    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder.parent))
    try:
        for name in (MANIFEST_NAME, WEIGHTS_NAME):
            with storage.open(f"{version.name}/{name}") as source, (aside / name).open("wb") as to:
                shutil.copyfileobj(source, to)
        check_weights(aside, read_manifest(aside))
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except FileNotFoundError as error:
        raise BundleMissingError(
            f"The bundle storage lacks a file of {version} ({error}). "
            "Register the bundle again with `manage.py register_model FOLDER`."
        ) from error
    except (OSError, BotoCoreError, ClientError) as error:
        raise BundleMissingError(
            f"The bundle storage did not give {version} ({type(error).__name__}: {error}). "
            f"Check that the storage can be reached and that {folder.parent} can be written."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_champion() -> BundleError | NoChampionError | None:
    """Return what is wrong with the champion's bundle, or None when it can be used."""
    version = champion()
    if version is None:
        return NoChampionError()
    try:
        check_files(version)
    except BundleError as error:
        return error
    return None
