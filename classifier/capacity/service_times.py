"""How long a photo keeps each part busy: from the last benchmark, else from the documented run."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SOURCE: Final = "docs/performance.md"


class ServiceTimesError(Exception):
    """A benchmark's file cannot be used; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """Processor seconds a photo, of one core of the machine that was measured.

    Attributes:
        web: receive, clean and store an upload.
        read: read and decode a stored photo in a worker.
        network: the network, on a core.
        store: claim and store in a worker.
        database: of the database server.
        gpu: of one GPU with full batches; 0 where workers have none.
        variation: standard deviation of a photo's time over its mean. Sizes of uploads differ.
        upload_bytes, stored_bytes, row_bytes: of a photo as it comes, of its stored files, and of
            its rows with their indexes.
        source: where the figures come from.
    """

    web: float = 0.080
    read: float = 0.006
    network: float = 0.051
    store: float = 0.0028
    database: float = 0.0022
    gpu: float = 0.0
    variation: float = 0.7
    upload_bytes: float = 3.0e6
    stored_bytes: float = 0.7e6
    row_bytes: float = 4_000
    source: str = SOURCE

    def __post_init__(self) -> None:
        numbers = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("source",)
        }
        for name, value in numbers.items():
            if not 0 <= value < 1e12:
                raise ValueError(f"{name} is 0 or more; it is {value!r}.")
        if not (self.web > 0 and self.worker > 0):
            raise ValueError("Web process and worker take some time for a photo, not none.")

    @property
    def worker_without_network(self) -> float:
        return self.read + self.store

    @property
    def worker(self) -> float:
        """All that a worker without a GPU does for a photo."""
        return self.worker_without_network + self.network


def read_times(files: list[Path]) -> ServiceTimes:
    """Return the service times in these benchmarks' files; what none says is as documented.

    Args:
        files: as the benchmarks ``phone`` and ``pipeline`` write them.

    Raises:
        ServiceTimesError: if a file is none of a benchmark, or its figures have no meaning.
    """
    times = ServiceTimes()
    sources = []
    for file in files:
        times = _with(times, _figures(file), file)
        sources.append(str(file))
    return dataclasses.replace(times, source=", ".join([*sources, SOURCE]))


def _figures(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if "kinds" in document:
            # `benchmarks.live.phone` measures intake for each kind of photo; JPEGs come first.
            return {"web": next(iter(document["kinds"].values()))["ours"]["intake"]}
        return dict(document["service_ms"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ServiceTimesError(
            f"{file} holds no service times of a benchmark ({type(error).__name__}: {error}). "
            "Run the benchmarks `phone` and `pipeline` anew, or give the times as options."
        ) from error


def _with(times: ServiceTimes, figures: dict[str, Any], file: Path) -> ServiceTimes:
    names = {"web", "read", "network", "store", "database", "gpu"}
    try:
        seconds: dict[str, Any] = {
            name: float(value) / 1000 for name, value in figures.items() if name in names
        }
        return dataclasses.replace(times, **seconds)
    except (TypeError, ValueError) as error:
        raise ServiceTimesError(f"{file} has service times without meaning: {error}") from error
