"""Where a tag comes from, and what became of a verdict.

From a photo's tag to the version that gave it, the versions that one started from, what each of
them was trained on, and the reviews in it; and back, from a review or a photo to the versions that
learned from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from classifier.models import DatasetReview, ListingPhoto, ModelVersion, Review, Split
from classifier.versions import history


@dataclass(frozen=True, slots=True)
class Learned:
    """What one version was trained and judged on.

    Attributes:
        fingerprint: SHA-256 over all photos and labels of its dataset; empty if unknown.
        reviews: how many reviews are in it, by split (train, validation, test).
        undone: how many of these are not final any more: undone, or overruled by a third look.
    """

    version: ModelVersion
    fingerprint: str
    reviews: Mapping[str, int]
    undone: int

    @property
    def dataset_changed(self) -> bool:
        """Whether it would be another dataset if it were collected today."""
        return self.undone > 0


@dataclass(frozen=True, slots=True)
class PhotoLineage:
    """A photo's way through the models, both ways.

    Attributes:
        models: the version that gave the tag, then the one that it started from, and so on; empty
            while there is no tag.
        reviews: every verdict on the photo, undone ones too, the earliest first.
        learned_by: in which versions' datasets its file is.
    """

    photo: ListingPhoto
    models: list[Learned]
    reviews: list[Review]
    learned_by: list[DatasetReview]


def of_photo(photo: ListingPhoto) -> PhotoLineage:
    """Return where the photo's tag comes from, and which versions learned from the photo."""
    models = of_version(photo.model_version) if photo.model_version else []
    reviews = photo.reviews.filter(voids__isnull=True).select_related("moderator").order_by("id")
    return PhotoLineage(photo, models, list(reviews), list(learned_from_photo(photo.sha256)))


def of_version(version: ModelVersion) -> list[Learned]:
    """Return what a version learned from, then what its parent did, and so on."""
    return [_learned(one) for one in (version, *history.ancestors(version))]


def _learned(version: ModelVersion) -> Learned:
    counts = (
        version.dataset_reviews.order_by()
        .values("split")
        .annotate(count=Count("pk"), undone=Count("pk", filter=Q(review__is_final=False)))
    )
    return Learned(
        version,
        version.dataset_fingerprint,
        {row["split"]: row["count"] for row in counts},
        sum(row["undone"] for row in counts),
    )


def by_split(reviews: Mapping[str, int]) -> str:
    """Return how many reviews are in a dataset and for what: ``212: 150 training, 62 test``."""
    total = sum(reviews.values())
    counts = [f"{reviews[split]} {_(split.label)}" for split in Split if reviews.get(split)]
    return f"{total}: {', '.join(counts)}" if total else _("none")


def reviews_in(version: ModelVersion) -> QuerySet[DatasetReview]:
    """Return the reviews in a version's dataset, by their number."""
    return version.dataset_reviews.select_related("review__moderator").order_by("review_id")


def learned_from_review(review: Review) -> QuerySet[DatasetReview]:
    """Return in which versions' datasets a review is, the earliest first."""
    return _with_versions(review.datasets.all())


def learned_from_photo(sha256: str) -> QuerySet[DatasetReview]:
    """Return in which versions' datasets a photo's file is, also after the photo was deleted."""
    return _with_versions(DatasetReview.objects.filter(sha256=sha256))


def hash_starts_with(digits: str) -> Q:
    """Return what tells rows whose ``sha256`` begins so; LIKE would use no index on SQLite."""
    return Q(sha256__gte=digits, sha256__lt=f"{digits}g")


def _with_versions(rows: QuerySet[DatasetReview]) -> QuerySet[DatasetReview]:
    return rows.select_related("version", "review").order_by("version__created_at", "review_id")


def with_dataset_changed(versions: QuerySet[ModelVersion]) -> QuerySet[ModelVersion]:
    """Annotate versions with ``dataset_changed``: a review they learned from was undone."""
    gone = DatasetReview.objects.filter(version=OuterRef("pk"), review__is_final=False)
    return versions.annotate(dataset_changed=Exists(gone))
