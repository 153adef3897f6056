"""Threads that read photos, and that they leave the cores to what computes."""

import errno
import os
import threading

import pytest

from classifier.worker import readers
from classifier.worker.readers import DECODING_AT_ONCE, Readers, turn_to_decode


def decoding_at_once(count: int, meet: threading.Barrier) -> list[int]:
    """Let so many threads decode, which wait for each other; return how many each found at it."""
    lock, inside, seen = threading.Lock(), 0, []

    def decode(_: int) -> None:
        nonlocal inside
        with turn_to_decode():
            with lock:
                inside += 1
                seen.append(inside)
            meet.wait(timeout=30)
            with lock:
                inside -= 1

    pool = Readers(count, "read-test")
    pool.finish(pool.begin(decode, range(count)), otherwise=None)
    return seen


def test_as_many_decode_at_once_as_there_are_cores_and_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All turns that are there are used, and no more."""
    monkeypatch.setattr(readers, "PATIENCE_SECONDS", 30.0)
    seen = decoding_at_once(2 * DECODING_AT_ONCE, threading.Barrier(DECODING_AT_ONCE))
    assert max(seen) == DECODING_AT_ONCE


def test_turns_that_hang_hold_up_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has waited long enough decodes beside them, and gives back no turn but its own."""
    monkeypatch.setattr(readers, "PATIENCE_SECONDS", 0.05)
    more = DECODING_AT_ONCE + 2
    assert max(decoding_at_once(more, threading.Barrier(more))) == more
    monkeypatch.setattr(readers, "PATIENCE_SECONDS", 30.0)
    seen = decoding_at_once(2 * DECODING_AT_ONCE, threading.Barrier(DECODING_AT_ONCE))
    assert max(seen) == DECODING_AT_ONCE


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="Linux alone has this policy.")
def test_readers_take_no_core_from_what_computes() -> None:
    """Each of their threads waits for a core, and the thread that asks them stays as it is."""
    pool = Readers(2, "read-test")
    policies = pool.finish(pool.begin(lambda _: os.sched_getscheduler(0), range(4)), otherwise=None)
    assert set(policies) == {os.SCHED_BATCH}
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="Linux alone has this policy.")
def test_photos_are_read_where_a_sandbox_refuses_the_policy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The threads work all the same, and the log says what it means."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    pool = Readers(2, "read-test")
    assert pool.finish(pool.begin(str, [1, 2, 3]), otherwise="late") == ["1", "2", "3"]
    assert "Operation not permitted" in caplog.text
