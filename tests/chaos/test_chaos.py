"""The short form of `make chaos`, and that a seed names a schedule."""

import pytest

from tests.chaos.faults import KINDS, Faults
from tests.chaos.run import run_chaos
from tests.chaos.schedule import make_schedule
from tests.chaos.setups import NAMES


@pytest.mark.parametrize("setup", NAMES)
def test_a_seed_names_a_schedule(setup: str) -> None:
    """The same one twice, another for another seed; every kind comes, and can be caused."""
    kinds = KINDS[setup]

    def schedule(seed: int) -> object:
        return make_schedule(seed=seed, kinds=kinds, faults=40, photos=5000, longest=20)

    assert schedule(1) == schedule(1) != schedule(2)
    faults = make_schedule(seed=3, kinds=kinds, faults=40, photos=5000, longest=20)
    assert {fault.kind for fault in faults} == set(kinds)
    assert len(kinds) >= 12
    assert all(callable(getattr(Faults, kind)) for kind in kinds)


@pytest.mark.integration
@pytest.mark.long
def test_no_photo_is_lost_doubled_or_stuck() -> None:
    """Some faults amid uploads over HTTP; at the end every 201 has exactly one final state."""
    outcome = run_chaos(setup="postgresql", seed=7, photos=40, faults=3, longest=2)
    assert outcome.taken >= 40
    assert outcome.is_well, str(outcome)
