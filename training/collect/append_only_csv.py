"""A CSV file that grows row by row, so that a kill loses one row at most."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from training.data.folder import PhotosError


class AppendOnlyCsv:
    """Rows in a CSV file; use it as a context manager to append.

    Args:
        path: the file; it is made with its first row.
        columns: its header.

    Raises:
        PhotosError: if the file exists with other columns.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path, self._columns = path, columns
        self.rows: list[dict[str, str]] = []
        if path.is_file():
            _trim_torn_row(path)
            with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
                reader = csv.DictReader(file)
                if reader.fieldnames and tuple(reader.fieldnames) != columns:
                    raise PhotosError(
                        f"{path} has the columns {', '.join(reader.fieldnames)}; expected "
                        f"{', '.join(columns)}. Move it away, or name another folder."
                    )
                self.rows = list(reader)

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a", newline="", encoding="utf-8", errors="surrogateescape")
        self._writer = csv.DictWriter(self._file, self._columns, lineterminator="\n")
        if not self._file.tell():
            self._writer.writeheader()
        return self

    def append(self, row: Mapping[str, object]) -> None:
        """Write one row, so that it survives the end of this process."""
        text = {column: str(row[column]) for column in self._columns}
        self._writer.writerow(text)
        self._file.flush()
        self.rows.append(text)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def _trim_torn_row(path: Path) -> None:
    """Cut off what follows the last end of a row: a row whose writing was killed.

    An end of line within a cell stands between quotes, so an odd number of them lies before it.
    """
    data = path.read_bytes()
    end = len(data)
    while end and (data[end - 1 : end] != b"\n" or data.count(b'"', 0, end) % 2):
        end = data.rfind(b"\n", 0, end - 1) + 1
    if end < len(data):
        os.truncate(path, end)
