"""Random numbers that depend on named numbers alone, whichever process draws them, and when."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded(*numbers: int) -> Iterator[None]:
    """Seed Python's and torch's generators with these numbers (each 0 or more) for a while.

    A photo's augmentation is drawn from seed, epoch and photo: it is the same whichever process
    reads the photo, and whether or not the run was killed before. Afterwards, both
    generators go on as they were. Not safe in threads, since both generators belong to the process.
    """
    number = int(np.random.SeedSequence(numbers).generate_state(1)[0])
    before = random.getstate()
    # devices=[]: the generators of GPUs are not touched; pictures are augmented on the CPU.
    with torch.random.fork_rng(devices=[]):
        random.seed(number)
        torch.default_generator.manual_seed(number)
        try:
            yield
        finally:
            random.setstate(before)
