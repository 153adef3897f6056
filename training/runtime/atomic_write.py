"""Write files that are whole or absent, however a process ends."""

from pathlib import Path


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file aside and rename it; folders above it are made.

    Raises:
        OSError: if that is not possible; then nothing is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".partial")
    try:
        aside.write_bytes(data)
        aside.rename(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
