"""Progress is told to whoever listens."""

import time

import pytest

from training.runtime.progress import Progress, listening, time_left


def test_listener_hears_of_every_work_inside_and_of_none_outside() -> None:
    """A listener hears each work begin, however quick, and nothing after it stopped listening."""
    heard: list[tuple[str, int, int, float | None]] = []
    with listening(lambda *told: heard.append(told)):
        for title in ("training", "validation"):
            with Progress(title, 3) as progress:
                for _ in range(3):
                    progress.advance(1)
    with Progress("test", 1) as progress:
        progress.advance(1)

    assert heard == [("training", 0, 3, None), ("validation", 0, 3, None)]


def test_a_listener_hears_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter took a minute, so three minutes are left; at first nobody can tell."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    heard: list[float | None] = []
    with listening(lambda *told: heard.append(told[3])), Progress("training", 400) as progress:
        now[0] += 60
        progress.advance(100)
    assert heard == [None, 180.0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (12.0, ", less than a minute left"), (250.0, ", 4 min left")],
)
def test_the_time_left_is_a_clause(seconds: float | None, words: str) -> None:
    """Minutes are fine enough; what is not known is not said."""
    assert time_left(seconds) == words


def test_what_a_listener_raises_stops_the_work() -> None:
    """A listener that has lost its lease can stop a long work by raising."""

    def lost(title: str, done: int, total: int, seconds_left: float | None) -> None:
        raise RuntimeError(title)

    with listening(lost), pytest.raises(RuntimeError, match="features"), Progress("features", 1):
        pass
