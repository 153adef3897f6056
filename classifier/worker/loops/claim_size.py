"""How many photos a loop claims at once: for one pass, and for more while a backlog goes on.

A good part of claiming and storing costs by the batch. Against large claims speaks that a loop ends
what it holds: before it stops, before it takes a new champion, and before its photos become another
worker's if it dies.
"""

from typing import Final

# A loop claims no more than, by what its last batch took, it will have dealt with by then.
LONGEST_SECONDS: Final = 2.0


class ClaimSize:
    """How many photos one loop claims, from what became of its claim before."""

    def __init__(self) -> None:
        self._next = self._claimed = 1
        self._version: int | None = None

    def limit(self, *, one_pass: int, most: int, version: int) -> int:
        """Return how many photos to claim now.

        Args:
            one_pass: how many the network takes at once; no less is claimed.
            most: unless this is less.
            version: of the model; of a new one nobody knows yet how long it takes.
        """
        if version != self._version:
            self._next, self._version = 1, version
        # Whole passes: one of half as many photos takes more than half as long.
        self._claimed = min(max(self._next // one_pass, 1) * one_pass, most)
        return self._claimed

    def observe(self, *, photos: int, seconds: float) -> None:
        """Claim more, or less, after a batch of so many photos took so long.

        Twice as many after as many as were asked for, as far as `LONGEST_SECONDS` allow; what one
        pass takes after fewer, for nothing waits then.
        """
        if photos < self._claimed:
            self._next = 1
        else:
            in_time = LONGEST_SECONDS * photos / max(seconds, 0.001)
            self._next = min(2 * photos, int(in_time))
