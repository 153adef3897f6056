"""Write files that are whole or absent, however a process ends."""

import os
import threading
from pathlib import Path


def atomic_write(path: Path, data: bytes | str) -> None:
    """Write a file beside its place and rename it; folders above it are made.

    Several processes and threads may write the same file: the last one wins, whole. What a killed
    process leaves is hidden, so that nothing takes it for a photo.

    Args:
        path: the file; one that is there is replaced.
        data: its content; text is written as UTF-8, what a file name has of other bytes as it is.

    Raises:
        OSError: if that is not possible; then the file is what it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = f"{os.getpid()}-{threading.get_ident()}"
    partial = path.with_name(f".{path.name}.{writer}.partial")
    try:
        partial.write_bytes(
            data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        )
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
