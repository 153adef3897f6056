"""`manage.py lineage PHOTO`: where a tag comes from, and what became of a verdict."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from classifier.models import DatasetReview, ListingPhoto, Review
from classifier.versions import lineage, registry
from classifier.versions.lineage import Learned, PhotoLineage

SHORT_HASH: Final = 12


class Command(BaseCommand):
    help = (
        "Say which model gave a photo its tag, which models that one started from, and which "
        "reviews each learned from; and which models learned from the photo. Example: "
        "manage.py lineage 17 --json"
    )
    # Most wanted when something is wrong with the champion.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "photo", nargs="?", metavar="PHOTO",
            help=f"number of a photo, or the first {SHORT_HASH} or more digits of its SHA-256",
        )  # fmt: skip
        what.add_argument("--review", type=int, metavar="NUMBER", help="start from a review")
        what.add_argument("--model", metavar="NAME", help="start from a model version")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument(
            "--all-reviews", action="store_true",
            help="with --json: name every review in each model's dataset, not only how many",
        )  # fmt: skip

    def handle(
        self,
        *,
        photo: str | None,
        review: int | None,
        model: str | None,
        json: bool,
        all_reviews: bool,
        **_: Any,
    ) -> None:
        try:
            documents = list(_documents(photo, review, model, all_reviews=all_reviews and json))
        except registry.RegistryError as error:
            raise CommandError(str(error)) from error
        for document in documents:
            self.stdout.write(_as_json(document) if json else "\n".join(_lines(document)))


Document = dict[str, Any]


def _documents(
    photo: str | None, review: int | None, model: str | None, *, all_reviews: bool
) -> Iterator[Document]:
    if photo is not None:
        for one in _photos(photo):
            yield _of_photo(one, all_reviews)
    elif review is not None:
        yield _of_review(_review(review))
    elif model is not None:
        versions = lineage.of_version(registry.named(model))
        yield {"models": [_of_model(one, all_reviews) for one in versions]}


def _photos(text: str) -> list[PhotoLineage]:
    by_number = re.fullmatch(r"\d{1,11}", text)
    if not by_number and not re.fullmatch(rf"[0-9a-f]{{{SHORT_HASH},64}}", text):
        raise CommandError(
            f"{text!r} is neither a photo's number nor {SHORT_HASH} to 64 digits of its SHA-256."
        )
    chosen = Q(pk=int(text)) if by_number else lineage.hash_starts_with(text)
    photos = ListingPhoto.objects.filter(chosen).select_related("model_version", "listing")
    if not photos:
        by = "" if by_number else _learned_from(text)
        raise CommandError(f"There is no photo {text} (any more).{by}")
    return [lineage.of_photo(photo) for photo in photos]


def _learned_from(digits: str) -> str:
    """Return which models learned from a deleted photo of this hash, as a sentence."""
    learned = DatasetReview.objects.filter(lineage.hash_starts_with(digits))
    names = learned.order_by("version__name").values_list("version__name", flat=True).distinct()
    return f" Models that learned from it: {', '.join(names)}." if names else ""


def _review(number: int) -> Review:
    review = Review.objects.filter(pk=number).select_related("moderator").first()
    if review is None:
        raise CommandError(f"There is no review {number}.")
    return review


def _of_photo(lineage: PhotoLineage, all_reviews: bool) -> Document:
    photo = lineage.photo
    return {
        "photo": photo.pk,
        "listing": photo.listing_id,
        "sha256": photo.sha256,
        "status": photo.status,
        "label": photo.label,
        "classified_at": photo.classified_at,
        "models": [_of_model(one, all_reviews) for one in lineage.models],
        "reviews": [_of_review(review) for review in lineage.reviews],
        "learned_by": [_of_learning(row) for row in lineage.learned_by],
    }


def _of_model(learned: Learned, all_reviews: bool) -> Document:
    version = learned.version
    document: Document = {
        "name": version.name,
        "state": version.state,
        "weights_sha256": version.weights_sha256,
        "dataset_fingerprint": learned.fingerprint,
        "dataset_changed": learned.dataset_changed,
        "reviews": dict(learned.reviews),
        "undone": learned.undone,
    }
    if all_reviews:
        document["dataset"] = [
            {"review": row.review_id, "split": row.split, "is_final": row.review.is_final}
            for row in lineage.reviews_in(version)
        ]
    return document


def _of_review(review: Review) -> Document:
    return {
        "review": review.pk,
        "photo": review.photo_id,
        "label": review.label,
        "moderator": review.moderator.get_username(),
        "at": review.at,
        "is_final": review.is_final,
        "learned_by": [_of_learning(row) for row in lineage.learned_from_review(review)],
    }


def _of_learning(row: DatasetReview) -> Document:
    return {"model": row.version.name, "split": row.split, "review": row.review_id}


def _as_json(document: Document) -> str:
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False)


def _lines(document: Document) -> Iterator[str]:
    if "sha256" in document:
        yield f"Photo {document['photo']} of listing {document['listing']}"
        yield f"  file      SHA-256 {document['sha256']}"
        tagged = document["classified_at"]
        when = f", {tagged:%Y-%m-%d %H:%M:%S} UTC" if tagged else ""
        yield f"  tag       {document['label'] or document['status']}{when}"
    elif "review" in document:
        yield from _review_lines(document)
    for depth, model in enumerate(document.get("models", [])):
        first = "by" if "photo" in document else "model"
        yield from _model_lines(model, "from" if depth else first)
    for review in document.get("reviews", []):
        yield from _review_lines(review)


def _model_lines(model: Document, word: str) -> Iterator[str]:
    weights, fingerprint = _short(model["weights_sha256"]), _short(model["dataset_fingerprint"])
    yield f"  {word:<9} {model['name']} ({model['state']}), weights {weights}"
    reviews, undone = lineage.by_split(model["reviews"]), model["undone"]
    changed = f"; changed since: {undone:,} no longer final" if undone else ""
    yield f"            dataset {fingerprint or 'unknown'}, reviews {reviews}{changed}"


def _review_lines(review: Document) -> Iterator[str]:
    final = "final" if review["is_final"] else "undone or overruled"
    yield (
        f"  review {review['review']}: {review['label']}, by {review['moderator']} on "
        f"{review['at']:%Y-%m-%d %H:%M:%S} UTC; {final}"
    )
    learned = [f"{row['model']} ({row['split']})" for row in review["learned_by"]]
    yield f"            learned by {', '.join(learned) or 'no model yet'}"


def _short(digest: str) -> str:
    return digest[:SHORT_HASH]
