"""What can become of a claimed photo: tagged, unreadable or postponed."""

from dataclasses import dataclass
from typing import Final

from classifier.decision import Decision, Scores

# How the note of a photo begins that waits for the storage.
STORAGE_FAILED: Final = "The storage did not give the file"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A photo was read and decided.

    Attributes:
        brightness: mean of the network's input, 0 to 1; None if it was not measured.
        embedding: as `classifier.ml.embeddings.embedding` makes it; None if there is none.
    """

    scores: Scores
    decision: Decision
    brightness: float | None = None
    embedding: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The photo itself is at fault; trying again would not help."""

    why: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Something around the photo is at fault, such as storage that does not answer."""

    why: str


Result = Tagged | Unreadable | Postponed
