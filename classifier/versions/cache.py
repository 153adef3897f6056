"""Bundles that lie remote, kept on this machine: fetched once, and no more of them than needed."""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.storage import Storage

from classifier.ml.manifest import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    BundleAwayError,
    BundleError,
    BundleMissingError,
    check_weights,
    read_manifest,
)
from classifier.models import ModelVersion

# The champion, the one to roll back to, a candidate and one to spare.
KEPT: Final = 4
FETCHING: Final = ".fetching-"
# No fetch takes longer, so what is older was left by a process that was killed.
FETCH_SECONDS: Final = 3600


def ensure_local(lies_in: Storage, version: ModelVersion) -> Path:
    """Return this machine's copy of a version's bundle, fetching it unless it is whole.

    Raises:
        BundleError: if it cannot be fetched whole.
    """
    cache = Path(settings.BUNDLE_CACHE_DIR)
    folder = cache / f"{version.name}-{version.weights_sha256[:12]}"
    if _is_whole(folder):
        with suppress(OSError):  # the time of use only says which copies may go
            os.utime(folder)
    else:
        # Not there yet, or damaged since: either way a fresh copy puts it right.
        _fetch(lies_in, version, folder)
        _tidy(cache)
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        check_weights(folder, read_manifest(folder))
    except BundleError:
        return False
    return True


def _fetch(lies_in: Storage, version: ModelVersion, folder: Path) -> None:
    """Download aside, check, then rename: a cached bundle is whole or absent."""
    # Imported here: a web process that stores files on disk has no use for it.
    from botocore.exceptions import BotoCoreError, ClientError

    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=FETCHING, dir=folder.parent))
    try:
        for name in (MANIFEST_NAME, WEIGHTS_NAME):
            with lies_in.open(f"{version.name}/{name}") as source, (aside / name).open("wb") as to:
                shutil.copyfileobj(source, to)
        check_weights(aside, read_manifest(aside))
        # Workers of one machine fetch at the same time: who was faster may be loading it now.
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
    except FileNotFoundError as error:
        raise BundleMissingError(
            f"The bundle storage lacks a file of {version} ({error}). "
            "Register the bundle again with `manage.py register_model FOLDER`."
        ) from error
    except (OSError, BotoCoreError, ClientError) as error:
        raise BundleAwayError(
            f"The bundle storage did not give {version} ({type(error).__name__}: {error}). "
            f"Check that the storage can be reached and that {folder.parent} can be written."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _tidy(cache: Path) -> None:
    """Remove the copies that were not used for longest, and what killed fetches left."""
    last_used: dict[Path, float] = {}
    for folder in cache.iterdir():
        try:
            last_used[folder] = folder.stat().st_mtime
        except FileNotFoundError:
            continue  # another worker tidies too
    kept = [folder for folder in last_used if not folder.name.startswith(FETCHING)]
    kept.sort(key=last_used.__getitem__, reverse=True)
    left = [
        folder for folder, time_of_use in last_used.items()
        if folder.name.startswith(FETCHING) and time_of_use < time.time() - FETCH_SECONDS
    ]  # fmt: skip
    for folder in (*kept[KEPT:], *left):
        shutil.rmtree(folder, ignore_errors=True)
