"""Chance that depends on named numbers alone, so that it does not matter who draws, or when."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def drawn_from(*numbers: int) -> Iterator[None]:
    """Let Python's and torch's chance inside depend on these numbers alone (each 0 or more).

    A photo's augmentation is drawn from seed, epoch and photo: it is the same whichever process
    reads the photo, and whether or not the run was killed before. Outside, chance goes on as it
    was. Not safe in threads, since both generators belong to the process.
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
