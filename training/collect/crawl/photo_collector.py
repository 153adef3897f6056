"""Which of the photos that a crawl is offered it takes, and what it writes down of them."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from classifier.photos.cleaning import CleanPhoto, Limits, PhotoRefusedError, clean_photo
from training.collect.append_only_csv import GrowingTable
from training.collect.crawl.openverse import licence_of, source_of
from training.runtime.atomic_write import write_whole
from training.runtime.progress import Progress

RECORD: Final = "sources.csv"
COLUMNS: Final = (
    "path", "words", "url", "page", "title", "creator", "licence", "licence_url", "attribution",
    "provider", "width", "height", "sha256", "collected_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which photos are good enough.

    Attributes:
        licences: Openverse's names; photos under any other are left out.
        min_side: shorter photos are left out, in pixels.
        limits: the product's, of a photo.
    """

    licences: Sequence[str]
    min_side: int
    limits: Limits


class LeftOut(NamedTuple):
    """A photo that was not taken."""

    folder: str
    url: str
    reason: str


@dataclass(slots=True)
class Harvest:
    """What came of a crawl, by folder."""

    saved: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)


class Basket:
    """The photos of one folder.

    Args:
        output: where the folder lies.
        folder: such as ``Bags/Clutches``.
        wanted: which photos are good enough.
        record: of all folders and runs; nothing in it is taken again.
        harvest, progress: are told of every photo.
    """

    def __init__(
        self, output: Path, folder: str, wanted: Wanted, *, record: GrowingTable,
        harvest: Harvest, progress: Progress,
    ) -> None:  # fmt: skip
        self._output, self._folder, self._wanted = output, folder, wanted
        self._record, self._harvest, self._progress = record, harvest, progress
        self._urls = {row["url"] for row in record.rows}
        self._hashes = {row["sha256"]: row["path"] for row in record.rows}

    def wants(self, result: Mapping[str, Any]) -> bool:
        """Return whether a search result is worth fetching."""
        url, licence = str(result.get("url")), licence_of(result)
        if url in self._urls:
            return False  # taken before, or tried a moment ago
        self._urls.add(url)
        if licence not in self._wanted.licences:
            self.leave(url, f"Its licence is {licence}, which was not asked for.")
            return False
        return True

    def leave(self, url: str, reason: str) -> None:
        """Note a photo that is not taken."""
        self._harvest.left_out.append(LeftOut(self._folder, url, reason))

    def take(self, data: bytes, result: Mapping[str, Any], words: str) -> bool:
        """Write the photo and its record; return False, with a note, if it is not usable."""
        digest = hashlib.sha256(data).hexdigest()
        judged = self._judge(data, digest)
        if isinstance(judged, str):
            self.leave(str(result["url"]), judged)
            return False
        path = f"{self._folder}/openverse-{digest[:16]}.jpg"
        write_whole(self._output / path, judged.jpeg)
        self._record.append(
            {
                "path": path,
                "words": words,
                **source_of(result),
                "width": judged.width,
                "height": judged.height,
                "sha256": digest,
                "collected_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
        self._hashes[digest] = path
        self._harvest.saved[self._folder] += 1
        self._progress.advance(1)
        return True

    def _judge(self, data: bytes, digest: str) -> CleanPhoto | str:
        """Return the photo as it is kept, or a sentence that says why it is not."""
        if digest in self._hashes:
            return f"It is the same file as {self._hashes[digest]}."
        try:
            photo = clean_photo(data, self._wanted.limits)
        except PhotoRefusedError as error:
            return str(error)
        if min(photo.width, photo.height) < self._wanted.min_side:
            return f"It has only {photo.width} x {photo.height} pixels."
        return photo
