"""Photos with free licences from Openverse, each with a record of where it came from.

Openverse (https://openverse.org) searches openly licensed photos and says for each its licence,
creator and page; the searches run in icrawler's threads: one fetches result pages, one photos.
"""

import hashlib
import json
import logging
import math
import queue
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from icrawler import Crawler, Downloader, Parser, UrlListFeeder

from classifier.cleaning import Limits, PhotoRefusedError, clean_photo
from training.collect.polite_session import FetchError, Manners, PoliteSession
from training.collect.record import GrowingTable
from training.progress import Progress

OPENVERSE: Final = "https://api.openverse.org/v1/images/"
PAGE: Final = 20  # results a page: all that Openverse gives without registration
# Licences that allow commercial use and changes; Openverse's names.
FREE: Final = ("cc0", "pdm", "by", "by-sa")
LICENCES: Final = (*FREE, "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
COLUMNS: Final = (
    "path", "words", "url", "page", "title", "creator", "licence", "licence_url", "attribution",
    "provider", "width", "height", "sha256", "collected_at",
)  # fmt: skip


class CrawlError(Exception):
    """The search does not answer; the message says what to do."""


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """What `crawl_photos` was asked for.

    Attributes:
        output: our folder of photos; ``sources.csv`` in it is the record.
        words: folder to search words.
        most: photos a folder, those of earlier runs included.
        licences: Openverse's names; photos under any other are left out.
        min_side: shorter photos are left out, in pixels.
        max_pixels: of a photo.
        manners: how sites are treated.
        search: address of the search.
    """

    output: Path
    words: Mapping[str, Sequence[str]]
    most: int
    licences: Sequence[str]
    manners: Manners
    min_side: int = 200
    max_pixels: int = 60_000_000
    search: str = OPENVERSE


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


def crawl(request: CrawlRequest) -> Harvest:
    """Collect photos for every folder; what is in the record already is not fetched again.

    Raises:
        CrawlError: if the search does not answer; what was collected until then stays.
        OSError: if the output cannot be written.
    """
    harvest = Harvest()
    session = PoliteSession(request.manners)
    with GrowingTable(request.output / "sources.csv", COLUMNS) as record:
        harvest.there.update(str(Path(row["path"]).parent) for row in record.rows)
        for folder, searches in request.words.items():
            wanted = max(0, request.most - harvest.there[folder])
            with Progress(folder, wanted) as progress:
                basket = _Basket(request, record, harvest, folder, progress)
                for done, words in enumerate(searches):
                    left = wanted - harvest.saved[folder]
                    # What one search does not give, the following ones make up for.
                    if quota := math.ceil(left / (len(searches) - done)):
                        _search(request, session, basket, words, quota)
    return harvest


def _search(
    request: CrawlRequest, session: PoliteSession, basket: "_Basket", words: str, quota: int
) -> None:
    asked = {"q": words, "license": ",".join(request.licences), "page_size": PAGE}
    crawler = _PoliteCrawler(session, basket, words, quota)
    crawler.crawl(feeder_kwargs={"url_list": [f"{request.search}?{urlencode(asked)}"]})
    if crawler.parser.failure:
        raise CrawlError(
            f"The search {request.search} gave no usable answer for {words!r}: "
            f"{crawler.parser.failure} What was collected is kept; run this again later, and it "
            "goes on."
        )
    if crawler.downloader.failure:
        raise crawler.downloader.failure


class _Basket:
    """Decides which photos of one folder are taken, and writes them and their record."""

    def __init__(
        self,
        request: CrawlRequest,
        record: GrowingTable,
        harvest: Harvest,
        folder: str,
        progress: Progress,
    ) -> None:
        self._request, self._record, self._harvest = request, record, harvest
        self._folder, self._progress = folder, progress
        self._urls = {row["url"] for row in record.rows}
        self._hashes = {row["sha256"]: row["path"] for row in record.rows}

    def wants(self, result: Mapping[str, Any]) -> bool:
        """Return whether a search result is worth fetching."""
        url, licence = str(result.get("url")), str(result.get("license")).lower()
        if url in self._urls:
            return False  # taken before, or tried a moment ago
        self._urls.add(url)
        if licence not in self._request.licences:
            self.leave(url, f"Its licence is {licence}, which was not asked for.")
            return False
        return True

    def leave(self, url: str, reason: str) -> None:
        """Note a photo that is not taken."""
        self._harvest.left_out.append(LeftOut(self._folder, url, reason))

    def take(self, data: bytes, result: Mapping[str, Any], words: str) -> bool:
        """Write the photo and its record; return False, with a note, if it is not usable."""
        url, digest = str(result["url"]), hashlib.sha256(data).hexdigest()
        if digest in self._hashes:
            self.leave(url, f"It is the same file as {self._hashes[digest]}.")
            return False
        limits = Limits(self._request.manners.max_bytes, self._request.max_pixels)
        try:
            photo = clean_photo(data, limits)
        except PhotoRefusedError as error:
            self.leave(url, str(error))
            return False
        if min(photo.width, photo.height) < self._request.min_side:
            self.leave(url, f"It has only {photo.width} x {photo.height} pixels.")
            return False
        path = f"{self._folder}/openverse-{digest[:16]}.jpg"
        _write(self._request.output / path, photo.jpeg)
        self._record.append(
            {
                "path": path,
                "words": words,
                "url": url,
                "page": result.get("foreign_landing_url") or "",
                "title": result.get("title") or "",
                "creator": result.get("creator") or "",
                "licence": f"{result['license']} {result.get('license_version') or ''}".strip(),
                "licence_url": result.get("license_url") or "",
                "attribution": result.get("attribution") or "",
                "provider": result.get("provider") or "",
                "width": photo.width,
                "height": photo.height,
                "sha256": digest,
                "collected_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
        self._hashes[digest] = path
        self._harvest.saved[self._folder] += 1
        self._progress.advance(1)
        return True


def _write(path: Path, data: bytes) -> None:
    """Write aside and rename, so that a photo is whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".partial")
    try:
        aside.write_bytes(data)
        aside.rename(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


class _PoliteCrawler(Crawler):  # type: ignore[misc]  # icrawler has no types
    """icrawler with one thread for result pages and one for photos, and our session."""

    def __init__(self, session: PoliteSession, basket: _Basket, words: str, quota: int) -> None:
        self._polite = session
        super().__init__(
            UrlListFeeder,
            _ResultPages,
            _Photos,
            # icrawler makes the folder itself where it stores; we store.
            storage={"backend": "FileSystem", "root_dir": "."},
            extra_parser_args={"basket": basket},
            extra_downloader_args={"basket": basket, "words": words, "quota": quota},
        )

    def set_logger(self, *_: Any) -> None:
        """Leave logging as Django set it up."""
        self.logger = logging.getLogger("icrawler")

    def set_session(self, *_: Any) -> None:
        """Use our session instead of one that calls itself a browser."""
        self.session = self._polite


class _ResultPages(Parser):  # type: ignore[misc]  # icrawler has no types
    """Fetches one result page after the other and hands on the photos worth fetching."""

    def __init__(self, *args: Any, basket: _Basket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._basket = basket
        self.failure: str | None = None

    def worker_exec(self, **_: Any) -> None:
        """Follow the pages to the last one, or until enough photos are taken.

        icrawler's own loop logs a page that fails and goes on with the next.
        """
        address, number, pages = self.in_queue.get(), 1, 1
        while number <= pages and not self.signal.get("reach_max_num"):
            try:
                document = json.loads(self.session.fetch(f"{address}&page={number}"))
                pages = int(document["page_count"])
                for result in document["results"]:
                    if self._basket.wants(result):
                        self._hand_on({"file_url": result["url"], "result": result})
            except FetchError as error:
                self.failure = str(error)
                return
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self.failure = f"It is no page of results ({type(error).__name__}: {error})."
                return
            number += 1

    def _hand_on(self, task: Mapping[str, Any]) -> None:
        while not self.signal.get("reach_max_num"):
            try:
                self.output(task, timeout=0.2)
            except queue.Full:
                continue
            return


class _Photos(Downloader):  # type: ignore[misc]  # icrawler has no types
    """Fetches photos until the quota is reached."""

    def __init__(self, *args: Any, basket: _Basket, words: str, quota: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._basket, self._words, self._quota = basket, words, quota
        self.failure: OSError | None = None

    def worker_exec(self, **_: Any) -> None:
        """Take tasks until the quota is reached or no more can come.

        icrawler's own loop gives up when a result page takes longer than a few seconds, and the
        parser then waits for ever for room in the queue.
        """
        taken = 0
        while not self.signal.get("reach_max_num"):
            ended = self.signal.get("parser_exited")
            try:
                task = self.in_queue.get(timeout=0.2)
            except queue.Empty:
                if ended:
                    return
                continue
            taken += self._take(task)
            if taken >= self._quota or self.failure:
                self.signal.set(reach_max_num=True)

    def _take(self, task: Mapping[str, Any]) -> bool:
        try:
            data = self.session.fetch_photo(task["file_url"])
            return self._basket.take(data, task["result"], self._words)
        except FetchError as error:
            self._basket.leave(task["file_url"], str(error))
        except OSError as error:  # the disk is full, or the folder is read-only
            self.failure = error
        return False
