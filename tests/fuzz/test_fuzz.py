"""The short form of `make fuzz`, and that it would notice."""

import pytest

from classifier.photos.decoding import FORMATS
from tests.fuzz.hostile import hostile
from tests.fuzz.mutated import mutated, sound_files
from tests.fuzz.run import Outcome, _count, run_files


@pytest.mark.integration
def test_damaged_and_hostile_files_cost_no_process_much() -> None:
    """A process handles them all, each within two seconds and 400 MB; some are taken, some not."""
    damaged, bombs = run_files("mutated", 1, 100), run_files("hostile", 12, 18)
    assert damaged.is_well, damaged
    assert bombs.is_well, bombs
    assert (damaged.handled, bombs.handled) == (99, 6)
    assert 0 < damaged.taken < 99


def test_a_crash_and_costs_are_counted() -> None:
    """A process that dies counts against the file that it had begun; so do time and memory."""
    crashed = run_files("of no kind", 7, 8)
    assert not crashed.is_well
    assert "of no kind 7" in crashed.crashed[0]
    costly = Outcome("hostile")
    _count(costly, (2.5, 500.0, "taken"), 3)
    assert (costly.slow, costly.large) == (["hostile 3: 2.5 s"], ["hostile 3: 500 MB"])


def test_a_number_names_a_file() -> None:
    """The same one twice, another for another number; every format is among the sound ones."""
    assert mutated(5) == mutated(5) != mutated(7)
    assert hostile(6) == hostile(6) != hostile(18)
    assert len(sound_files()) >= 3 * len(FORMATS)
