"""Write files that are whole or absent, however a process ends."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any


def atomic_write(path: Path, data: bytes | str) -> None:
    """Write a file beside its place and rename it; folders above it are made.

    Args:
        path: the file; one that is there is replaced.
        data: its content; text is written as UTF-8, what a file name has of other bytes as it is.

    Raises:
        OSError: if that is not possible; then the file is what it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(
            data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        )
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a header, for `atomic_write`."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
