"""What a retraining was asked for, and why it cannot be done."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from training.data.photo_folders import PhotoFolders
from training.engine.config import TrainConfig

TEST_SHARE: Final = 0.15
VALIDATION_SHARE: Final = 0.10


class RetrainError(Exception):
    """The retraining cannot go on; the message says what is in the way and what to do."""


@dataclass(frozen=True, slots=True)
class RetrainRequest:
    """Settings of one retraining.

    Attributes:
        photos: folders of the photos the champion was first trained on; None if there is none.
        config: of the training, see `TrainConfig`.
        views: cached views of each training photo.
        min_new: with fewer new reviews nothing is done.
    """

    photos: PhotoFolders | None
    config: TrainConfig = field(default_factory=TrainConfig)
    views: int = 2
    min_new: int = 1

    def __post_init__(self) -> None:
        if self.views < 1 or self.min_new < 0:
            raise ValueError(
                f"views is at least 1 and min_new at least 0; they are {self.views} and "
                f"{self.min_new}."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return what decides the outcome, JSON-ready."""
        config = {**asdict(self.config), "train_from": str(self.config.train_from)}
        return {"photos": str(self.photos or ""), "config": config, "views": self.views}
