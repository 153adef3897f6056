"""Collect photos with free licences from Openverse, each with a record of where it came from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.photos.cleaning import Limits
from training.collect.append_only_csv import AppendOnlyCsv
from training.collect.crawl.openverse import SEARCH, SearchError, search_address, search_results
from training.collect.crawl.photo_collector import (
    COLUMNS,
    RECORD,
    Acceptance,
    CrawlResult,
    PhotoCollector,
)
from training.collect.crawl.polite_session import FetchError, PoliteSession, RequestPolicy
from training.data.folder import MANIFEST, PhotosError
from training.runtime.progress import Progress


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
        policy: how sites are treated.
        search: address of the search.
    """

    output: Path
    words: Mapping[str, Sequence[str]]
    most: int
    licences: Sequence[str]
    policy: RequestPolicy
    min_side: int = 200
    max_pixels: int = 60_000_000
    search: str = SEARCH

    @property
    def acceptance(self) -> Acceptance:
        """Which photos are good enough."""
        limits = Limits(self.policy.max_bytes, self.max_pixels)
        return Acceptance(self.licences, self.min_side, limits)


def crawl(request: CrawlRequest) -> CrawlResult:
    """Collect photos for every folder; what is in the record already is not fetched again.

    Raises:
        PhotosError: if the output has a manifest, so that nothing collected would ever be read.
        CrawlError: if the search does not answer; what was collected until then stays.
        OSError: if the output cannot be written.
    """
    if (request.output / MANIFEST).exists():
        raise PhotosError(
            f"{request.output} has a {MANIFEST}, which stands for the whole folder: photos "
            "collected beside it would not be read. Name another folder."
        )
    with (
        PoliteSession(request.policy) as session,
        AppendOnlyCsv(request.output / RECORD, COLUMNS) as record,
    ):
        collector = PhotoCollector(request.output, request.acceptance, record)
        for folder, searches in request.words.items():
            wanted = max(0, request.most - collector.result.there[folder])
            with Progress(folder, wanted) as progress:
                for done, words in enumerate(searches):
                    left = wanted - collector.result.saved[folder]
                    # What one search does not give, the following ones make up for.
                    if quota := math.ceil(left / (len(searches) - done)):
                        _search(request, session, collector, Search(folder, words, quota), progress)
    return collector.result


@dataclass(frozen=True, slots=True)
class Search:
    """Words to search for, the folder their photos go to, and how many photos are enough."""

    folder: str
    words: str
    quota: int


def _search(
    request: CrawlRequest,
    session: PoliteSession,
    collector: PhotoCollector,
    search: Search,
    progress: Progress,
) -> None:
    """Fetch the photos of one search until there are enough of them, or no more results."""
    address, taken = search_address(request.search, search.words, request.licences), 0
    try:
        for result in search_results(session.fetch, address):
            if not collector.wants(result, search.folder):
                continue
            try:
                data = session.fetch_photo(result["url"])
            except FetchError as error:
                collector.leave_out(search.folder, result["url"], str(error))
                continue
            if collector.add(data, result, folder=search.folder, words=search.words):
                progress.advance(1)
                taken += 1
            if taken >= search.quota:
                return
    except SearchError as error:
        raise CrawlError(
            f"The search {request.search} gave no usable answer for {search.words!r}: {error} "
            "What was collected is kept; run this again later, and it goes on."
        ) from error
