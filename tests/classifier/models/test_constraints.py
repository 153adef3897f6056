"""What must always hold is refused by the database, whatever the code above it does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.models import ListingPhoto, ModelVersion
from classifier.taxonomy import MAIN_OF
from tests.rows import a_champion, a_model, pending_photos


@pytest.fixture
def photo(real_database: str) -> ListingPhoto:
    return pending_photos(1)[0]


def result(**changes: Any) -> dict[str, Any]:
    """Return the columns of a photo that was tagged as a tote bag, changed as a test needs it."""
    return {
        "status": "classified", "outcome": "subclass", "main": "Bags", "sub": "Tote Bags",
        "main_confidence": 0.9, "sub_confidence": 0.8, "scores": {"novelty": 0.1},
        "classified_at": timezone.now(), **changes,
    }  # fmt: skip


def write(photo: ListingPhoto, columns: dict[str, Any]) -> None:
    """Write columns past every check of the code, as a careless query would."""
    if columns.get("status") == "classified":
        columns = {"model_version": ModelVersion.objects.first() or a_model(), **columns}
    with transaction.atomic():
        ListingPhoto.objects.filter(pk=photo.pk).update(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        result(),
        result(outcome="main_class", sub=None, reason="sub_below_threshold"),
        result(outcome="unknown", main=None, sub=None, reason="out_of_distribution"),
        {"status": "failed", "error": "The file is gone."},
        {"claim": uuid4(), "claimed_until": timezone.now() + timedelta(minutes=1)},
        {"claimed_until": timezone.now() + timedelta(minutes=1)},
    ],
)
def test_every_state_of_a_healthy_photo_is_allowed(
    photo: ListingPhoto, columns: dict[str, Any]
) -> None:
    """Tagged to each outcome, failed with a reason, claimed, resting: all fit the constraints."""
    write(photo, columns)


def test_every_pair_of_the_taxonomy_is_allowed(photo: ListingPhoto) -> None:
    """All nine subclasses can be stored with their main class."""
    for sub, main in MAIN_OF.items():
        write(photo, result(main=main, sub=sub))


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"status": "lost"}, "photo_status_known"),
        (result(main_confidence=None), "photo_has_result_when_classified"),
        (result(scores=None), "photo_has_result_when_classified"),
        (result(model_version=None), "photo_has_result_when_classified"),
        (result(classified_at=None), "photo_has_result_when_classified"),
        (result(outcome=None, main=None, sub=None), "photo_has_result_when_classified"),
        (result(status="pending", model_version=None), "photo_has_result_when_classified"),
        ({"status": "failed"}, "photo_says_why_it_failed"),
        (result(outcome="guess"), "photo_outcome_fits_labels"),
        (result(outcome="unknown", reason="out_of_distribution"), "photo_outcome_fits_labels"),
        (result(outcome="main_class", sub=None), "photo_outcome_fits_labels"),
        (result(sub=None), "photo_outcome_fits_labels"),
        (result(reason="sub_below_threshold"), "photo_outcome_fits_labels"),
        ({"reason": "sub_below_threshold"}, "photo_outcome_fits_labels"),
        (result(main="Shoes"), "photo_labels_are_of_the_taxonomy"),
        (result(sub="Wallets"), "photo_labels_are_of_the_taxonomy"),
        (
            result(outcome="main_class", main="Hats", sub=None, reason="sub_below_threshold"),
            "photo_labels_are_of_the_taxonomy",
        ),
        (
            result(outcome="main_class", sub=None, reason="no_idea"),
            "photo_reason_known",
        ),
        (result(main_confidence=1.2), "photo_confidences_are_shares"),
        (result(sub_confidence=-0.1), "photo_confidences_are_shares"),
        ({"claim": uuid4()}, "photo_claim_only_while_pending"),
        (
            result(claim=uuid4(), claimed_until=timezone.now()),
            "photo_claim_only_while_pending",
        ),
    ],
)
def test_a_photo_that_contradicts_itself_is_refused(
    photo: ListingPhoto, columns: dict[str, Any], constraint: str
) -> None:
    """Each contradiction between columns is stopped by the constraint that names it."""
    with pytest.raises(IntegrityError, match=constraint):
        write(photo, columns)


def test_there_is_one_champion(real_database: str) -> None:
    """A second champion beside the first is refused."""
    a_champion("first")
    with pytest.raises(IntegrityError, match=r"at_most_one_champion|state"), transaction.atomic():
        a_champion("second")


def test_a_champion_was_promoted_at_some_time(real_database: str) -> None:
    """A champion without the time of its promotion is refused."""
    with pytest.raises(IntegrityError, match="champion_has_promotion_time"), transaction.atomic():
        a_model(state="champion")


def test_a_model_is_in_a_known_state(real_database: str) -> None:
    """A state that no code knows is refused."""
    with pytest.raises(IntegrityError, match="model_state_known"), transaction.atomic():
        a_model(state="resting")


def test_a_model_s_name_is_its_own(real_database: str) -> None:
    """Two versions cannot share a name: a tag must say which model gave it."""
    a_model("twin")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_model("twin")


def test_a_model_that_tagged_photos_cannot_be_deleted(photo: ListingPhoto) -> None:
    """Who said it is never forgotten while the photo is there."""
    write(photo, result())
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.all().delete()
