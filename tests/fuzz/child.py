"""`python -m tests.fuzz.child KIND FIRST END`: handle files, and print what each cost.

A line with the number comes before each file, so that whoever reads knows which one ended this
process. The second line has processor seconds, MB above what was held before, and the outcome.
"""

import json
import logging
import sys
import time
from contextlib import suppress
from pathlib import Path

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import UnreadablePhotoError, to_tensor
from classifier.photos.cleaning import CleanPhoto, Limits, PhotoRefusedError, clean_photo
from classifier.photos.decoding_cost import PixelAllowance
from tests.fuzz.hostile import hostile
from tests.fuzz.mutated import mutated

LIMITS = Limits(max_bytes=20 * 2**20, max_pixels=60_000_000)
JPEG_START = b"\xff\xd8"  # what lies in the storage are JPEGs
LISTING_PIXELS = 400_000_000
KINDS = {"mutated": mutated, "hostile": hostile}


def main() -> None:
    logging.disable()
    make = KINDS[sys.argv[1]]
    prepare(make(1))  # what is loaded once is not the first file's
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        data = make(number)
        print(number, flush=True)  # noqa: T201  # read by whoever started this
        held, began = _megabytes("VmRSS", reset=True), time.process_time()
        outcome = prepare(data, also_as_stored=make is mutated)
        seconds = time.process_time() - began
        print(json.dumps([seconds, _megabytes("VmHWM") - held, outcome]), flush=True)  # noqa: T201


def prepare(data: bytes, *, also_as_stored: bool = False) -> str:
    """Do with a file what an upload does, and with what it keeps what a worker does.

    Args:
        also_as_stored: give a JPEG to the worker as it is, too: a disk may have damaged it.
    """
    try:
        stored: CleanPhoto | None = clean_photo(data, LIMITS, PixelAllowance(LISTING_PIXELS))
    except PhotoRefusedError:
        stored = None
    if stored:
        to_tensor(stored.jpeg, Preprocessing())
    if also_as_stored and data.startswith(JPEG_START):
        with suppress(UnreadablePhotoError):
            to_tensor(data, Preprocessing())
    return "taken" if stored else "refused"


def _megabytes(name: str, *, reset: bool = False) -> float:
    """Return what `proc_pid_status(5)` calls so; ``reset`` begins the peak anew."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(name + ":"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
