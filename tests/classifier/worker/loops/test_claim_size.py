"""How much a loop claims at once: pure arithmetic."""

import pytest

from classifier.worker.loops.claim_size import LONGEST_SECONDS, ClaimSize

PASS, MOST = 16, 64


def limit(size: ClaimSize, *, most: int = MOST, version: int = 1) -> int:
    return size.limit(one_pass=PASS, most=most, version=version)


def sizes(seconds_a_photo: float, claims: int) -> list[int]:
    """Return what a loop claims while more waits than it can take."""
    size, claimed = ClaimSize(), []
    for _ in range(claims):
        claimed.append(limit(size))
        size.observe(photos=claimed[-1], seconds=seconds_a_photo * claimed[-1])
    return claimed


def test_claims_double_while_a_backlog_goes_on() -> None:
    """From one pass to the most that settings allow."""
    assert sizes(0.001, 5) == [16, 32, 64, 64, 64]


@pytest.mark.parametrize(("seconds", "most"), [(0.05, 32), (0.1, 16), (1.0, 16)])
def test_a_slow_model_gets_no_more_than_it_deals_with_in_time(seconds: float, most: int) -> None:
    """Nobody waits longer for the end of a batch, unless a single pass takes longer than that."""
    claimed = sizes(seconds, 6)
    assert max(claimed) == most
    assert most == PASS or most * seconds <= LONGEST_SECONDS


def test_a_model_that_becomes_slow_gets_less() -> None:
    """After one slow batch the next is as large as its time allows."""
    size = ClaimSize()
    for _ in range(3):
        size.observe(photos=limit(size), seconds=0.01)
    size.observe(photos=limit(size), seconds=3.0)
    assert limit(size) == 32


def test_a_claim_that_found_less_ends_the_backlog() -> None:
    """What comes then is claimed for one pass, so that the other loops get their share."""
    size = ClaimSize()
    size.observe(photos=limit(size), seconds=0.01)
    assert limit(size) == 32
    size.observe(photos=31, seconds=0.01)
    assert limit(size) == PASS


def test_a_new_model_begins_with_one_pass() -> None:
    """How long it takes is not known before its first batch."""
    size = ClaimSize()
    size.observe(photos=limit(size), seconds=0.01)
    assert limit(size, version=2) == PASS


def test_settings_go_before_the_pass() -> None:
    """Who allows less than a pass takes gets less."""
    assert limit(ClaimSize(), most=4) == 4
