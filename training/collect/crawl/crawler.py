"""Photos with free licences from Openverse, each with a record of where it came from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.photos.cleaning import Limits
from training.collect.append_only_csv import GrowingTable
from training.collect.crawl.openverse import SEARCH, search_address
from training.collect.crawl.photo_collector import COLUMNS, RECORD, Basket, Harvest, Wanted
from training.collect.crawl.polite_session import Manners, PoliteSession
from training.collect.crawl.search_threads import PoliteCrawler
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
    search: str = SEARCH

    @property
    def wanted(self) -> Wanted:
        """Which photos are good enough."""
        limits = Limits(self.manners.max_bytes, self.max_pixels)
        return Wanted(self.licences, self.min_side, limits)


def crawl(request: CrawlRequest) -> Harvest:
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
    harvest = Harvest()
    session = PoliteSession(request.manners)
    with GrowingTable(request.output / RECORD, COLUMNS) as record:
        harvest.there.update(str(Path(row["path"]).parent) for row in record.rows)
        for folder, searches in request.words.items():
            wanted = max(0, request.most - harvest.there[folder])
            with Progress(folder, wanted) as progress:
                basket = Basket(
                    request.output, folder, request.wanted, record=record, harvest=harvest,
                    progress=progress,
                )  # fmt: skip
                for done, words in enumerate(searches):
                    left = wanted - harvest.saved[folder]
                    # What one search does not give, the following ones make up for.
                    if quota := math.ceil(left / (len(searches) - done)):
                        _search(request, session, basket, words, quota)
    return harvest


def _search(
    request: CrawlRequest, session: PoliteSession, basket: Basket, words: str, quota: int
) -> None:
    crawler = PoliteCrawler(session, basket, words, quota)
    crawler.crawl(search_address(request.search, words, request.licences))
    if crawler.parser.failure:
        raise CrawlError(
            f"The search {request.search} gave no usable answer for {words!r}: "
            f"{crawler.parser.failure} What was collected is kept; run this again later, and it "
            "goes on."
        )
    if crawler.downloader.failure:
        raise crawler.downloader.failure
