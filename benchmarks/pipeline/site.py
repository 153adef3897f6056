"""A folder with a database, stored photos and a broker, and the programs that work on them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.repository import REPOSITORY, STARTER
from classifier.photos.cleaning import CleanPhoto
from tests import procfile

BINARIES: Final = Path(sys.executable).parent
START_SECONDS: Final = 300
# The worker keeps its memory.
KEEP_MEMORY: Final = procfile.started("worker").settings


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Return what every program of the site needs."""
    # With OMP_NUM_THREADS=1 the network leaves the other cores to decoding.
    names = ("PATH", "HOME", "LANG", "OMP_NUM_THREADS")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return kept | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": f"redis+socket://{folder / 'redis.sock'}",
        "SECRET_KEY": "only-for-this",
        "DEBUG": "off",
        "HTTPS": "off",
        "TRIAL_LOAD_MB": "0",
        "CANARY_EVERY_SECONDS": "0",
        "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
    }


@contextmanager
def program(
    command: list[str], env: Mapping[str, str], log: Path, ready: str = ""
) -> Iterator[psutil.Process]:
    """Run a program while the block lasts.

    Args:
        log: where its output goes.
        ready: a text in that output; the block begins when it is there.
    """
    before = log.read_text(errors="replace").count(ready) if ready and log.exists() else 0
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own commands
            command, cwd=REPOSITORY, env=dict(env), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while ready and log.read_text(errors="replace").count(ready) <= before:
            if process.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(errors="replace")[-2000:]
                raise SystemExit(f"{' '.join(command)} did not start:\n{text}")
            time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()


def processor_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process and its children so far, of ended ones too."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def set_up() -> None:
    """Make the tables, and the starter model the champion."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("register_model", str(STARTER), "--promote", verbosity=0, stdout=StringIO())
    User.objects.create_user("seller")


def store(photos: list[CleanPhoto]) -> list[dict[str, Any]]:
    """Store the files as intake does, thumbnails too; return the columns that say so."""
    from hashlib import sha256

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from classifier.photos.thumbnails import thumbnail_name

    rows = []
    for number, photo in enumerate(photos):
        name = default_storage.save(f"photos/{number}.jpg", ContentFile(photo.jpeg))
        default_storage.save(thumbnail_name(name), ContentFile(photo.thumbnail))
        digest = sha256(photo.jpeg).hexdigest()
        rows.append({"image": name, "width": photo.width, "height": photo.height, "sha256": digest})
    return rows


def add_pending(rows: list[dict[str, Any]], count: int) -> list[int]:
    """Add pending rows for the stored files; return their numbers.

    Four a listing, of one piece as sellers show it: photos of different pieces would all be brought
    before moderators.
    """
    from django.contrib.auth.models import User

    from classifier.models import Listing, ListingPhoto

    seller = User.objects.get(username="seller")
    listings = [Listing.objects.create(seller=seller, title="Shoes") for _ in range(-(-count // 4))]
    photos = [
        ListingPhoto(listing=listings[n // 4], position=n % 4, **rows[n // 4 % len(rows)])
        for n in range(count)
    ]
    return [photo.pk for photo in ListingPhoto.objects.bulk_create(photos)]
