"""What the database keeps; one file per idea."""

from classifier.models.deleted_photos import DeletedPhoto
from classifier.models.photos import Listing, ListingPhoto
from classifier.models.queue import Exclusion, QueueItem
from classifier.models.reclassification import Reclassification
from classifier.models.retraining import (
    DatasetReview,
    RetrainRun,
    Split,
    SplitAssignment,
)
from classifier.models.reviews import Review
from classifier.models.suggestions import Suggestion
from classifier.models.versions import ModelVersion, Promotion

__all__ = [
    "DatasetReview",
    "DeletedPhoto",
    "Exclusion",
    "Listing",
    "ListingPhoto",
    "ModelVersion",
    "Promotion",
    "QueueItem",
    "Reclassification",
    "RetrainRun",
    "Review",
    "Split",
    "SplitAssignment",
    "Suggestion",
]  # fmt: skip
