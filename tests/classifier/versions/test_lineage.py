"""From a tag to the reviews behind it and back; undoing a review marks who learned from it."""

import io
import json
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.models import DatasetReview, ListingPhoto, ModelVersion, Review
from classifier.review import verdicts
from classifier.review.queue import claims
from classifier.review.verdicts import Verdict
from classifier.versions import lineage
from tests.rows import a_model
from tests.tagged_photos import UNKNOWN, a_moderator, a_photo

pytestmark = pytest.mark.django_db

FLATS = Verdict(Review.Verdict.SUBCLASS, "Shoes", "Flats")
FILE = "ab" * 32


@dataclass
class Story:
    """A reviewed photo, and two models that learned from it, the second starting from the first."""

    anna: User
    photo: ListingPhoto
    review: Review
    first: ModelVersion
    second: ModelVersion


@pytest.fixture
def story() -> Story:
    anna = a_moderator("anna")
    photo = a_photo(**UNKNOWN)
    ListingPhoto.objects.filter(pk=photo.pk).update(sha256=FILE)
    review = settle(anna)
    first = a_model("first", manifest={"dataset_fingerprint": "f1" * 32})
    second = a_model("second", manifest={"dataset_fingerprint": "f2" * 32}, parent=first)
    for version, split in ((first, "train"), (second, "train")):
        DatasetReview.objects.create(version=version, review=review, sha256=FILE, split=split)
    ListingPhoto.objects.filter(pk=photo.pk).update(model_version=second)
    photo.refresh_from_db()
    return Story(anna, photo, review, first, second)


def settle(moderator: User) -> Review:
    item = claims.claim_next(moderator=moderator)
    assert item is not None
    assert item.claim is not None
    return verdicts.record_verdict(
        moderator=moderator, item=item.pk, claim=item.claim, verdict=FLATS, seconds=1
    )


def changed() -> set[str]:
    """The names of the models whose dataset is marked as changed."""
    versions = lineage.with_dataset_changed(ModelVersion.objects.all())
    return {version.name for version in versions if version.dataset_changed}  # type: ignore[attr-defined]  # annotated


def test_a_tag_leads_to_its_model_the_models_before_and_their_reviews(story: Story) -> None:
    """Photo, version, parent, fingerprints, reviews: every step is there."""
    photo_lineage = lineage.of_photo(story.photo)
    assert [learned.version for learned in photo_lineage.models] == [story.second, story.first]
    assert [learned.fingerprint for learned in photo_lineage.models] == ["f2" * 32, "f1" * 32]
    assert [dict(learned.reviews) for learned in photo_lineage.models] == [
        {"train": 1},
        {"train": 1},
    ]
    assert photo_lineage.reviews == [story.review]
    (row,) = lineage.reviews_in(story.second)
    assert row.review == story.review


def test_a_review_and_a_photo_lead_to_the_models_that_learned_from_them(story: Story) -> None:
    """By the review, or by the photo's file, also after the photo was deleted."""
    by_review = [row.version for row in lineage.learned_from_review(story.review)]
    assert by_review == [story.first, story.second]
    story.photo.delete()
    assert [row.version for row in lineage.learned_from_photo(FILE)] == by_review
    assert not lineage.learned_from_photo("cd" * 32).exists()


def test_undoing_a_review_marks_the_datasets_it_is_in(story: Story) -> None:
    """The queue's own undo does it; a verdict on another photo changes nothing."""
    a_photo(**UNKNOWN)
    other = settle(story.anna)
    DatasetReview.objects.create(version=story.second, review=other, sha256="cd" * 32, split="test")
    assert changed() == set()
    verdicts.undo(moderator=story.anna, review=other.pk)
    assert changed() == {"second"}
    verdicts.undo(moderator=story.anna, review=story.review.pk)
    assert changed() == {"first", "second"}
    newest, parent = lineage.of_version(story.second)
    assert (newest.undone, parent.undone) == (2, 1)
    assert newest.dataset_changed


def test_deciding_again_does_not_unmark_it(story: Story) -> None:
    """The new review is another row, and the model did not learn from it."""
    verdicts.undo(moderator=story.anna, review=story.review.pk)
    item = story.photo.queue_item
    assert item.claim is not None
    verdicts.record_verdict(
        moderator=story.anna, item=item.pk, claim=item.claim, verdict=FLATS, seconds=1
    )
    assert changed() == {"first", "second"}


def test_the_marks_of_all_models_are_one_query(
    story: Story, django_assert_num_queries: object
) -> None:
    """However many versions there are, the list asks once."""
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        changed()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("lineage", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_it_in_words(story: Story) -> None:
    """Every step of the chain is a line; an undone review shows on the models it trained."""
    verdicts.undo(moderator=story.anna, review=story.review.pk)
    output = run(str(story.photo.pk))
    assert f"SHA-256 {FILE}" in output
    assert "  tag       Unknown/Others, " in output
    assert "  by        second (candidate), weights 000000000000" in output
    assert "  from      first (candidate)" in output
    changed = "reviews 1: 1 training; changed since: 1 no longer final"
    assert f"dataset f2f2f2f2f2f2, {changed}" in output
    assert f"  review {story.review.pk}: Shoes › Flats, by anna on " in output
    assert (
        "UTC; undone or overruled\n            learned by first (train), second (train)" in output
    )


def test_the_command_finds_a_photo_by_its_hash_and_writes_json(story: Story) -> None:
    """One object with the whole chain, for programs."""
    document = json.loads(run(FILE[:12], "--json"))
    assert document["photo"] == story.photo.pk
    assert [model["name"] for model in document["models"]] == ["second", "first"]
    assert document["models"][0]["dataset_fingerprint"] == "f2" * 32
    assert document["models"][0]["reviews"] == {"train": 1}
    assert "dataset" not in document["models"][0]
    assert [row["model"] for row in document["learned_by"]] == ["first", "second"]


def test_every_review_of_a_dataset_is_named_on_request(story: Story) -> None:
    """Else they are counted by the database, however many there are."""
    with CaptureQueriesContext(connection) as counted:
        run(str(story.photo.pk), "--json")
    # Joined to the reviews or not: what asks by version reads as many rows as the dataset has.
    asked = [q["sql"] for q in counted if 'FROM "classifier_datasetreview"' in q["sql"]]
    by_version = '"classifier_datasetreview"."version_id"'
    of_datasets = [sql for sql in asked if by_version in sql.partition(" WHERE ")[2]]
    assert len(of_datasets) == 2, "one of each model"
    assert all("COUNT" in sql for sql in of_datasets)
    document = json.loads(run(FILE[:12], "--json", "--all-reviews"))
    assert document["models"][0]["dataset"] == [
        {"review": story.review.pk, "split": "train", "is_final": True}
    ]


def test_the_number_of_a_deleted_photo_is_no_hash(story: Story) -> None:
    """Digits of a number are not looked for among hashes that happen to begin with them."""
    DatasetReview.objects.update(sha256="17" * 32)
    story.photo.delete()
    with pytest.raises(CommandError) as refused:
        run("17171717171")
    assert str(refused.value) == "There is no photo 17171717171 (any more)."


def test_the_command_starts_from_a_review_or_a_model_too(story: Story) -> None:
    """Which models learned from a review; what a model and its parents learned from."""
    assert "learned by first (train), second (train)" in run("--review", str(story.review.pk))
    assert run("--model", "second").startswith("  model     second (candidate)")


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["999999"], "There is no photo 999999"),
        (["nonsense"], "'nonsense' is neither a photo's number nor 12 to 64 digits"),
        (["--review", "999999"], "There is no review 999999"),
        (["--model", "none"], "No model is registered as none"),
        ([FILE], r"There is no photo abab.*Models that learned from it: first, second\."),
    ],
)
def test_what_is_not_there_is_said(story: Story, arguments: list[str], output: str) -> None:
    """A photo that is gone still tells who learned from it."""
    story.photo.delete()
    with pytest.raises(CommandError, match=output):
        run(*arguments)
