"""What the database keeps; one file per idea."""

from classifier.models.photos import Listing, ListingPhoto
from classifier.models.queue import PassedOver, QueueItem
from classifier.models.reclassification import Reclassification
from classifier.models.retraining import (
    DatasetReview,
    Part,
    PhotoPart,
    RetrainRun,
)
from classifier.models.reviews import Review
from classifier.models.suggestions import Suggestion
from classifier.models.versions import ModelVersion, Promotion

__all__ = [
    "DatasetReview", "Listing", "ListingPhoto", "ModelVersion", "Part", "PassedOver", "PhotoPart",
    "Promotion", "QueueItem", "Reclassification", "RetrainRun", "Review", "Suggestion",
]  # fmt: skip
