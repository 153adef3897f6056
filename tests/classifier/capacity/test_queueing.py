"""The queueing formula against a simulation of the same queue."""

import heapq
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.capacity.queueing import Queue, erlang_c, servers_needed

ARRIVALS = 60_000


def simulated_waits(queue: Queue, seed: int) -> NDArray[np.float64]:
    """Return how long each arrival waits at servers that take them in order; after a warm-up."""
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(1 / queue.arrivals, ARRIVALS))
    if queue.variation:
        shape = 1 / queue.variation**2
        services = random.gamma(shape, queue.service / shape, ARRIVALS)
    else:
        services = np.full(ARRIVALS, queue.service)
    free = [0.0] * queue.servers
    waits = []
    for arrival, service in zip(arrivals.tolist(), services.tolist(), strict=True):
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + service)
        waits.append(start - arrival)
    return np.array(waits[ARRIVALS // 10 :])


@pytest.mark.parametrize(
    ("servers", "utilisation", "variation"),
    [(1, 0.5, 1.0), (1, 0.8, 0.5), (4, 0.8, 1.0), (4, 0.85, 0.0), (20, 0.9, 0.7)],
)
def test_waits_are_as_long_as_in_a_simulation(
    servers: int, utilisation: float, variation: float
) -> None:
    """Mean and 95th percentile lie within a fifth of what simulated servers make of it."""
    queue = Queue(utilisation * servers / 0.04, 0.04, servers, variation)
    runs = [simulated_waits(queue, seed) for seed in range(4)]
    assert queue.mean_wait == pytest.approx(np.mean([run.mean() for run in runs]), rel=0.2)
    simulated = np.mean([np.quantile(run, 0.95) for run in runs])
    assert queue.wait(0.95) == pytest.approx(simulated, rel=0.2)


def test_one_exponential_server_is_the_textbook_case() -> None:
    """M/M/1: the share that waits is the load, and the mean wait load / (1 - load) services."""
    queue = Queue(arrivals=0.75, service=1.0, servers=1)
    assert queue.waiting_share == pytest.approx(0.75)
    assert queue.mean_wait == pytest.approx(3.0)


def test_erlangs_own_table() -> None:
    """Ten erlangs on twelve servers: 45 of 100 wait (Erlang C tables)."""
    assert erlang_c(10.0, 12) == pytest.approx(0.4494, abs=1e-4)


def test_the_fewest_servers_that_suffice() -> None:
    """One server less would let the arrivals wait for longer than they may."""
    for arrivals in (0.1, 7.0, 300.0, 20_000.0):
        queue = servers_needed(arrivals, 0.03, variation=0.5, most_wait=0.05, share=0.95)
        assert queue.wait(0.95) <= 0.05
        if queue.servers > arrivals * 0.03 + 1:
            fewer = Queue(arrivals, 0.03, queue.servers - 1, 0.5)
            assert fewer.wait(0.95) > 0.05


def test_more_servers_wait_less() -> None:
    """The wait falls with each server, down to none."""
    waits = [Queue(100.0, 0.03, servers).wait(0.95) for servers in range(4, 12)]
    assert all(more < less or more == 0 for less, more in pairwise(waits))
    assert waits[-1] == 0


@pytest.mark.parametrize("servers", [0, 3])
def test_what_has_no_answer_is_refused(servers: int) -> None:
    """No server, or too few, ends in a sentence and never in a negative wait."""
    with pytest.raises(ValueError, match=r"server"):
        Queue(arrivals=100.0, service=0.03, servers=servers)
