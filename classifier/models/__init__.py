"""What the database keeps; one file per idea."""

from classifier.models.audit import AuditEntry
from classifier.models.deleted_photos import DeletedPhoto
from classifier.models.drift import DriftDay
from classifier.models.moderation.disagreements import Disagreement
from classifier.models.moderation.embeddings import PhotoEmbedding
from classifier.models.moderation.guidance import (
    GoldenPhoto,
    Guideline,
    GuidelineExample,
    PracticeVerdict,
)
from classifier.models.operations import Alarm, Canary, Heartbeat, Lease
from classifier.models.photos import Listing, ListingPhoto
from classifier.models.queue import Exclusion, QueueItem
from classifier.models.reviews import Review
from classifier.models.runs.reclassification import Reclassification
from classifier.models.runs.retraining import (
    DatasetReview,
    RetrainRun,
    Split,
    SplitAssignment,
)
from classifier.models.runs.shadows import Shadow, ShadowTag
from classifier.models.runs.trainer_jobs import TrainerJob
from classifier.models.suggestions import Suggestion
from classifier.models.upload_keys import UploadKey
from classifier.models.versions import ModelVersion, Promotion

__all__ = [
    "Alarm",
    "AuditEntry",
    "Canary",
    "DatasetReview",
    "DeletedPhoto",
    "Disagreement",
    "DriftDay",
    "Exclusion",
    "GoldenPhoto",
    "Guideline",
    "GuidelineExample",
    "Heartbeat",
    "Lease",
    "Listing",
    "ListingPhoto",
    "ModelVersion",
    "PhotoEmbedding",
    "PracticeVerdict",
    "Promotion",
    "QueueItem",
    "Reclassification",
    "RetrainRun",
    "Review",
    "Shadow",
    "ShadowTag",
    "Split",
    "SplitAssignment",
    "Suggestion",
    "TrainerJob",
    "UploadKey",
]  # fmt: skip
