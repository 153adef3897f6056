"""What the database keeps; one file per idea."""

from classifier.models.photos import Listing, ListingPhoto
from classifier.models.queue import PassedOver, QueueItem
from classifier.models.reviews import Review
from classifier.models.suggestions import Suggestion
from classifier.models.versions import ModelVersion

__all__ = [
    "Listing", "ListingPhoto", "ModelVersion", "PassedOver", "QueueItem", "Review", "Suggestion",
]  # fmt: skip
