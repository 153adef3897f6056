"""Send the sample photos through the real API and show each result as it arrives."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local_stack.api_client import ApiClient
from local_stack.samples import SamplePhoto, by_listing

PHOTOS_PER_LISTING: Final = 12
# The first photo waits for the model to load, which is slow on a busy machine.
PATIENCE_SECONDS: Final = 600
POLL_SECONDS: Final = 0.5
ROW: Final = "{mark:<2}{photo:<31}{expected:<23}{tag:<23}{main:>7}{sub:>7}{seconds:>8}"


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """How many samples were sent, got a result, and got the right one."""

    sent: int
    classified: int
    as_expected: int

    @property
    def complete(self) -> bool:
        return self.classified == self.sent


def run_demo(client: ApiClient, samples: Sequence[SamplePhoto]) -> DemoSummary:
    """Send all samples, print a table while results arrive, and return how it went.

    Raises:
        ApiError: if the API refuses a listing.
    """
    _print(f"Sending {len(samples)} drawn photos through the API.\n")
    _print(
        ROW.format(
            mark="", photo="photo", expected="expected", tag="tag", main="main", sub="sub",
            seconds="time",
        )
    )  # fmt: skip
    classified = as_expected = 0
    for result in _results(client, samples):
        _print(result.row())
        classified += result.photo["status"] == "classified"
        as_expected += result.sample.fits(result.photo)
    summary = DemoSummary(len(samples), classified, as_expected)
    _print(
        f"\n{summary.classified} of {summary.sent} photos have a result, "
        f"{summary.as_expected} of them as expected."
    )
    return summary


@dataclass(frozen=True, slots=True)
class _Sent:
    """A sample on its way: the numbers of its listing and photo, and when it was sent."""

    sample: SamplePhoto
    listing: int
    photo: int
    at: float


@dataclass(frozen=True, slots=True)
class _Result:
    """A sample with the API's last word on it, ``seconds`` after it was sent."""

    sample: SamplePhoto
    photo: dict[str, Any]
    seconds: float

    def row(self) -> str:
        photo = self.photo
        return ROW.format(
            mark="✓" if self.sample.fits(photo) else "✗",
            photo=self.sample.path.name,
            expected=self.sample.expected,
            tag=photo["label"] or photo["status"],
            main=_percent(photo["main_confidence"]),
            sub=_percent(photo["sub_confidence"]),
            seconds=f"{self.seconds:.1f} s",
        )


def _results(client: ApiClient, samples: Sequence[SamplePhoto]) -> Iterator[_Result]:
    """Send everything, then ask until every photo is done or patience is over."""
    waiting = _send(client, samples)
    last_news = time.monotonic()
    while waiting:
        out_of_patience = time.monotonic() - last_news > PATIENCE_SECONDS
        numbers = dict.fromkeys(sent.listing for sent in waiting)
        photos = {photo["id"]: photo for n in numbers for photo in client.listing(n)["photos"]}
        still_waiting = []
        for sent in waiting:
            photo = photos[sent.photo]
            if photo["status"] == "pending" and not out_of_patience:
                still_waiting.append(sent)
                continue
            last_news = time.monotonic()
            yield _Result(sent.sample, photo, last_news - sent.at)
        waiting = still_waiting
        time.sleep(POLL_SECONDS)


def _send(client: ApiClient, samples: Sequence[SamplePhoto]) -> list[_Sent]:
    sent = []
    for title, group in by_listing(samples, PHOTOS_PER_LISTING):
        at = time.monotonic()
        listing = client.send_listing(title, [sample.path for sample in group])
        for sample, photo in zip(group, listing["photos"], strict=True):
            sent.append(_Sent(sample, listing["id"], photo["id"], at))
    return sent


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
