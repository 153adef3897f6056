"""From a load and measured service times to processes, machines, storage and cost."""

import dataclasses
from dataclasses import dataclass
from math import ceil
from typing import Final

from classifier.capacity.queueing import Queue, servers_needed
from classifier.capacity.service_times import ServiceTimes

SECONDS_A_DAY: Final = 86_400
HOURS_A_MONTH: Final = 730
MOST_PHOTOS: Final = 100_000_000
MOST_PEAK: Final = 100.0
SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Load:
    """What sellers send.

    Attributes:
        photos: a day.
        peak: how many times the mean rate the busiest minutes have.

    Raises:
        ValueError: if a number lies outside what this can plan for.
    """

    photos: int
    peak: float

    def __post_init__(self) -> None:
        if not 1 <= self.photos <= MOST_PHOTOS:
            raise ValueError(f"Photos a day lie between 1 and {MOST_PHOTOS:,}; got {self.photos}.")
        if not 1 <= self.peak <= MOST_PEAK:
            raise ValueError(f"The peak lies between 1 and {MOST_PEAK:g}; got {self.peak:g}.")

    @property
    def mean_rate(self) -> float:
        """Photos a second over the day."""
        return self.photos / SECONDS_A_DAY

    @property
    def peak_rate(self) -> float:
        """Photos a second in the busiest minutes."""
        return self.mean_rate * self.peak


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator decides.

    Attributes:
        web_wait: seconds that 95 of 100 uploads wait for a web process at the peak, at most.
        queue_wait: seconds that 95 of 100 photos wait for a worker at the peak, at most.
        most_busy: share of the time that a web process or worker is busy at the peak, at most: one
            that fails, or is being replaced, must not stop the others.
        worker_cores: cores of one worker without a GPU.
        machine_cores: cores of one machine.
        keep_days: how long photos are kept.
    """

    web_wait: float = 0.2
    queue_wait: float = 1.0
    most_busy: float = 0.8
    worker_cores: int = 4
    machine_cores: int = 16
    keep_days: int = 365

    def __post_init__(self) -> None:
        if self.web_wait < 0 or self.queue_wait < 0:
            raise ValueError("A wait is 0 seconds or more.")
        if not 0.05 <= self.most_busy < 1:
            raise ValueError(f"Servers are busy for 0.05 to 1 of the time, not {self.most_busy:g}.")
        if min(self.worker_cores, self.machine_cores, self.keep_days) < 1:
            raise ValueError("Cores of a worker and of a machine, and days, are 1 or more.")
        if self.worker_cores > self.machine_cores:
            raise ValueError("A worker cannot have more cores than a machine.")


@dataclass(frozen=True, slots=True)
class Prices:
    """In one currency: of a core an hour, a GPU an hour, a gigabyte a month."""

    core_hour: float
    gpu_hour: float
    gigabyte_month: float

    def __post_init__(self) -> None:
        if not min(self.core_hour, self.gpu_hour, self.gigabyte_month) >= 0:
            raise ValueError("A price is 0 or more.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the load needs at its peak; ``gpus`` is 0 where workers have none."""

    load: Load
    web: Queue
    workers: Queue
    gpus: int
    web_cores: int
    worker_cores: int
    database_cores: int
    machines: int
    row_writes: float  # a second at the peak: insert, claim and store of each photo
    stored_gigabytes: float  # once photos are kept as long as they are to be
    database_gigabytes: float
    upload_megabits: float  # a second at the peak
    cost_a_month: float

    @property
    def cores(self) -> int:
        """Of web processes, workers and database together."""
        return self.web_cores + self.worker_cores + self.database_cores


def plan_for(load: Load, times: ServiceTimes, wishes: Wishes, prices: Prices) -> Plan:
    """Return what a load needs: sized for its peak, and paid for around the clock."""
    rate = load.peak_rate
    on_gpus = times.gpu > 0
    web = _fewest(rate, times.web, wishes.web_wait, times, wishes)
    a_worker = times.gpu if on_gpus else times.worker / wishes.worker_cores
    workers = _fewest(rate, a_worker, wishes.queue_wait, times, wishes)
    # With a GPU the cores only read, decode and store; they must keep up with it.
    worker_cores = (
        ceil(rate * times.worker_without_network / wishes.most_busy)
        if on_gpus
        else workers.servers * wishes.worker_cores
    )
    # Half busy at the peak: the vacuum and the pages want their share.
    database_cores = max(1, ceil(2 * rate * times.database))
    cores = web.servers + worker_cores + database_cores
    gpus = workers.servers if on_gpus else 0
    kept = load.photos * wishes.keep_days
    stored, rows = kept * times.stored_bytes / 1e9, kept * times.row_bytes / 1e9
    return Plan(
        load=load,
        web=web,
        workers=workers,
        gpus=gpus,
        web_cores=web.servers,
        worker_cores=worker_cores,
        database_cores=database_cores,
        machines=ceil(cores / wishes.machine_cores),
        row_writes=3 * rate,
        stored_gigabytes=stored,
        database_gigabytes=rows,
        upload_megabits=rate * times.upload_bytes * 8 / 1e6,
        cost_a_month=HOURS_A_MONTH * (cores * prices.core_hour + gpus * prices.gpu_hour)
        + (stored + rows) * prices.gigabyte_month,
    )


def _fewest(
    rate: float, service: float, most_wait: float, times: ServiceTimes, wishes: Wishes
) -> Queue:
    """Return the fewest servers that neither let work wait nor are too busy."""
    queue = servers_needed(
        rate, service, variation=times.variation, most_wait=most_wait, share=SHARE
    )
    servers = max(queue.servers, ceil(rate * service / wishes.most_busy))
    return dataclasses.replace(queue, servers=servers)
