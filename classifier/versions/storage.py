"""The files of a registered bundle: stored once, found by every worker on every machine."""

import hashlib
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from classifier.ml.manifest import (
    EXTRA_NAMES,
    MANIFEST_NAME,
    WEIGHTS_NAME,
    check_weights,
    read_manifest,
    sha256_of,
)
from classifier.models import ModelVersion
from classifier.versions import cache


def bundle_storage() -> Storage:
    """Return Django's storage ``bundles``: a folder on disk or one of the S3 bucket."""
    return storages["bundles"]


def store(folder: Path, *, name: str) -> None:
    """Put a checked bundle and the extras it has into the storage, below ``name/``.

    What is there already stays; what differs is replaced, so this also mends a damaged copy.
    """
    # The manifest last: a stored bundle that has one is whole.
    for file_name in (*EXTRA_NAMES, WEIGHTS_NAME, MANIFEST_NAME):
        if (folder / file_name).is_file():
            _put(folder / file_name, f"{name}/{file_name}")


def _put(path: Path, stored_name: str) -> None:
    """Store a file under exactly this name, unless the same content is there already."""
    to = bundle_storage()
    if to.exists(stored_name):
        with to.open(stored_name) as stored:
            if hashlib.file_digest(stored, "sha256").hexdigest() == sha256_of(path):
                return
        to.delete(stored_name)
    with path.open("rb") as file:
        to.save(stored_name, File(file))


def open_extra(version: ModelVersion, name: str) -> "File[bytes] | None":
    """Open one of the files that may go with a bundle (`EXTRA_NAMES`); None if it has none.

    Raises:
        ValueError: for any other name.
    """
    if name not in EXTRA_NAMES:
        raise ValueError(f"A bundle's extras are {EXTRA_NAMES}; there is no {name!r}.")
    try:
        return bundle_storage().open(f"{version.name}/{name}")
    except FileNotFoundError:
        return None


def check_files(version: ModelVersion) -> None:
    """Check that a version's bundle is whole.

    Raises:
        BundleError: if it is missing, damaged or of another format or taxonomy.
    """
    folder = local_folder(version)
    check_weights(folder, read_manifest(folder))


def local_folder(version: ModelVersion) -> Path:
    """Return a folder on this machine with the version's bundle, fetching it if it lies remote.

    Extras are not fetched; `open_extra` reads them where they lie.

    Raises:
        BundleError: if the bundle lies remote and cannot be fetched whole.
    """
    lies_in = bundle_storage()
    if isinstance(lies_in, FileSystemStorage):
        return Path(lies_in.path(version.name))
    return cache.ensure_local(lies_in, version)
