"""One search as icrawler runs it: a thread for result pages and one for photos, with manners."""

import json
import logging
import queue
from collections.abc import Mapping
from typing import Any

from icrawler import Crawler, Downloader, Parser, UrlListFeeder

from training.collect.crawl.photo_collector import Basket
from training.collect.crawl.polite_session import FetchError, PoliteSession


class PoliteCrawler(Crawler):  # type: ignore[misc]  # icrawler has no types
    """icrawler with our session, our threads and our basket.

    Args:
        session: fetches everything.
        basket: takes the photos.
        words: what is searched.
        quota: ends the search once so many photos are taken.
    """

    def __init__(self, session: PoliteSession, basket: Basket, words: str, quota: int) -> None:
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
        for part in (self.feeder, self.parser, self.downloader):
            part.logger = self.logger

    def set_logger(self, *_: Any) -> None:
        """Leave logging as Django set it up, without a line for every thread that ends."""
        self.logger = logging.getLogger("icrawler")
        self.logger.setLevel(logging.WARNING)

    def set_session(self, *_: Any) -> None:
        """Use our session instead of one that calls itself a browser."""
        self.session = self._polite

    def crawl(self, address: str) -> None:
        """Follow one search to its end.

        icrawler's own looks only once a second whether the threads have ended.
        """
        self.signal.reset()
        self.feeder.start(url_list=[address])
        self.parser.start()
        self.downloader.start()
        for worker in (*self.feeder.workers, *self.parser.workers):
            worker.join()
        self.signal.set(feeder_exited=True, parser_exited=True)
        for worker in self.downloader.workers:
            worker.join()


class _ResultPages(Parser):  # type: ignore[misc]  # icrawler has no types
    """Fetches one result page after the other and hands on the photos worth fetching."""

    def __init__(self, *args: Any, basket: Basket, **kwargs: Any) -> None:
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

    def __init__(self, *args: Any, basket: Basket, words: str, quota: int, **kwargs: Any) -> None:
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
