"""Which of the photos that a crawl is offered are kept, and what is recorded of them."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from classifier.ml.atomic_write import atomic_write
from classifier.photos.cleaning import CleanPhoto, Limits, PhotoRefusedError, clean_photo
from training.collect.append_only_csv import AppendOnlyCsv
from training.collect.crawl.openverse import licence_of, source_of

RECORD: Final = "sources.csv"
COLUMNS: Final = (
    "path",
    "words",
    "url",
    "page",
    "title",
    "creator",
    "licence",
    "licence_url",
    "attribution",
    "provider",
    "width",
    "height",
    "sha256",
    "collected_at",
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Which photos are good enough.

    Attributes:
        licences: Openverse's names; photos under any other are left out.
        min_side: shorter photos are left out, in pixels.
        limits: the product's, of a photo.
    """

    licences: Sequence[str]
    min_side: int
    limits: Limits


class SkippedPhoto(NamedTuple):
    """A photo that was not kept."""

    folder: str
    url: str
    reason: str


@dataclass(slots=True)
class CrawlResult:
    """What came of a crawl; the counters are by folder.

    Attributes:
        saved: photos of this run.
        there: photos of earlier runs.
        left_out: photos of this run that were not kept.
    """

    saved: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    left_out: list[SkippedPhoto] = field(default_factory=list)


class PhotoCollector:
    """Checks photos, writes them to their folders and records their sources.

    Args:
        output: where the folders lie.
        acceptance: which photos are good enough.
        record: of all folders and runs; nothing in it is taken again.
    """

    def __init__(self, output: Path, acceptance: Acceptance, record: AppendOnlyCsv) -> None:
        self._output, self._acceptance, self._record = output, acceptance, record
        self._urls = {row["url"] for row in record.rows}
        self._hashes = {row["sha256"]: row["path"] for row in record.rows}
        self.result = CrawlResult(there=Counter(str(Path(r["path"]).parent) for r in record.rows))

    def wants(self, result: Mapping[str, Any], folder: str) -> bool:
        """Return whether a search result is worth fetching; each address is, once."""
        url, licence = str(result["url"]), licence_of(result)
        if url in self._urls:
            return False
        self._urls.add(url)
        if licence not in self._acceptance.licences:
            self.leave_out(folder, url, f"Its licence is {licence}, which was not asked for.")
            return False
        return True

    def leave_out(self, folder: str, url: str, reason: str) -> None:
        """Count a photo that is not kept; ``reason`` is a sentence."""
        self.result.left_out.append(SkippedPhoto(folder, url, reason))

    def add(self, data: bytes, result: Mapping[str, Any], *, folder: str, words: str) -> bool:
        """Write the photo and its record; return False, and count it, if it is not usable.

        Raises:
            OSError: if it cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        checked = self._check(data, digest)
        if isinstance(checked, str):
            self.leave_out(folder, str(result["url"]), checked)
            return False
        path = f"{folder}/openverse-{digest[:16]}.jpg"
        atomic_write(self._output / path, checked.jpeg)
        self._record.append(
            {
                "path": path,
                "words": words,
                **source_of(result),
                "width": checked.width,
                "height": checked.height,
                "sha256": digest,
                "collected_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
        self._hashes[digest] = path
        self.result.saved[folder] += 1
        return True

    def _check(self, data: bytes, digest: str) -> CleanPhoto | str:
        """Return the photo as it is kept, or a sentence that says why it is not."""
        if digest in self._hashes:
            return f"It is the same file as {self._hashes[digest]}."
        try:
            photo = clean_photo(data, self._acceptance.limits)
        except PhotoRefusedError as error:
            return str(error)
        if min(photo.width, photo.height) < self._acceptance.min_side:
            return f"It has only {photo.width} x {photo.height} pixels."
        return photo
