"""Reviewed photos with their labels: people's verdicts alone, never a model's own tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.decision import Outcome
from classifier.models import Review
from classifier.retraining.schedule import WITH_LABEL
from training.retrain.data.assign_split import Reviewed

FIELDS = (
    "id",
    "photo__image",
    "photo__sha256",
    "photo__listing_id",
    "main",
    "sub",
    "sampled",
    "sampling_share",
    "source",
    "predicted_outcome",
)


@dataclass(frozen=True, slots=True)
class ReviewedPhoto:
    """One final review that can be learned from, and its photo.

    Attributes:
        review: its number.
        name: of the photo's file in the storage.
        sha256: of that file.
        listing: the number of the listing.
        main, sub: the verdict; both None for "not one of ours".
        sampling_share: the probability with which the photo came into the blind sample; None if it
            did not.
        predicted_outcome: what the model had said.
        from_list: whether somebody chose the photo from a list to confirm it.
    """

    review: int
    name: str
    sha256: str
    listing: int
    main: str | None
    sub: str | None
    sampling_share: float | None
    predicted_outcome: str | None
    from_list: bool

    def reviewed(self) -> Reviewed:
        """Return what its split depends on."""
        unsure = self.predicted_outcome != Outcome.SUBCLASS
        represents_queue = unsure and not self.from_list
        return Reviewed(self.sha256, self.listing, self.sampling_share, represents_queue)


def final_reviews() -> list[ReviewedPhoto]:
    """Return the reviews that can be learned from, the oldest first; a bad photo has no label.

    Reviews whose photo was deleted are not among them: nobody can look at it any more.
    """
    final = Review.objects.final().of_present_photos().filter(verdict__in=WITH_LABEL)
    return [
        ReviewedPhoto(
            review=row["id"],
            name=row["photo__image"],
            sha256=row["photo__sha256"],
            listing=row["photo__listing_id"],
            main=row["main"],
            sub=row["sub"],
            sampling_share=row["sampling_share"] if row["sampled"] else None,
            predicted_outcome=row["predicted_outcome"],
            from_list=row["source"] == Review.Source.BULK,
        )
        for row in final.order_by("id").values(*FIELDS).iterator(chunk_size=2000)
    ]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Photos with one label each.

    Attributes:
        photos: one review a file, the newest.
        same: by SHA-256, older reviews that say the same of the same file.
        overruled: how many older reviews said something else.
    """

    photos: list[ReviewedPhoto]
    same: dict[str, list[int]]
    overruled: int


def one_label_a_file(reviews: Sequence[ReviewedPhoto]) -> Agreed:
    """Return one label for every file; of a file that was uploaded twice, the newest review's."""
    newest = {review.sha256: review for review in reviews}
    same: dict[str, list[int]] = {}
    overruled = 0
    for review in reviews:
        chosen = newest[review.sha256]
        if review is chosen:
            continue
        if (review.main, review.sub) == (chosen.main, chosen.sub):
            same.setdefault(review.sha256, []).append(review.review)
        else:
            overruled += 1
    return Agreed(list(newest.values()), same, overruled)
