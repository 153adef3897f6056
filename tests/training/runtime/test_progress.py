"""Progress is told to whoever listens."""

import pytest

from training.runtime.progress import Progress, listening


def test_listener_hears_of_every_work_inside_and_of_none_outside() -> None:
    """A listener hears each work begin, however quick, and nothing after it stopped listening."""
    heard: list[tuple[str, int, int]] = []
    with listening(lambda *told: heard.append(told)):
        for title in ("training", "validation"):
            with Progress(title, 3) as progress:
                for _ in range(3):
                    progress.advance(1)
    with Progress("test", 1) as progress:
        progress.advance(1)

    assert heard == [("training", 0, 3), ("validation", 0, 3)]


def test_what_a_listener_raises_stops_the_work() -> None:
    """A listener that has lost its lease can stop a long work by raising."""

    def lost(title: str, done: int, total: int) -> None:
        raise RuntimeError(title)

    with listening(lost), pytest.raises(RuntimeError, match="features"), Progress("features", 1):
        pass
