"""The threads that run the network, whoever asks for a pass.

On a CPU two passes run at once, each with half of the cores, and one that runs alone has them all.
The threads of one pass wait for the slowest of them after every layer, two hundred times: what
reads photos beside it holds up all of them. Two passes do not wait for each other.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import torch

T = TypeVar("T")

# As long as nobody has asked for fewer: OMP_NUM_THREADS.
CORES: Final = torch.get_num_threads()
AT_ONCE: Final = 1 if torch.cuda.is_available() else min(2, CORES)


class Passes:
    """Threads that are kept: each has memory and further threads of its own once it has worked."""

    def __init__(self, at_once: int = AT_ONCE, cores: int = CORES) -> None:
        self._at_once, self._cores = at_once, cores
        # A thread that torch has not met takes what any thread has asked for last; after this, it
        # has a number of its own.
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="network", initializer=torch.get_num_threads
        )
        self._lock = threading.Lock()
        self._running = 0

    def run(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, called in one of the threads, without gradients."""
        return self._threads.submit(self._run, work).result()

    def _run(self, work: Callable[[], T]) -> T:
        with self._lock:
            self._running += 1
            share = 1 if self._running == 1 else self._at_once
        try:
            torch.set_num_threads(max(1, self._cores // share))
            with torch.inference_mode():
                return work()
        finally:
            with self._lock:
                self._running -= 1


passes: Final = Passes()
