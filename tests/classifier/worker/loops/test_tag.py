"""A worker's loop, with a real model, real files and a real database."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from classifier.models import ListingPhoto, PhotoEmbedding
from classifier.versions import promotion, storage
from classifier.worker import live_model
from classifier.worker.loops import claim_size, tag
from tests import pictures
from tests.databases import in_threads
from tests.rows import champion_of, pending_photos
from tests.stored_photos import photos_with_files

# What differs between databases is tested with `tagging`.
pytestmark = pytest.mark.usefixtures("sqlite_in_a_file", "worker_that_just_started")


@pytest.fixture
def champion_folder(untrained_bundle: Path) -> Path:
    version = champion_of(untrained_bundle)
    return storage.local_folder(version)


def statuses() -> list[str]:
    return list(ListingPhoto.objects.order_by("id").values_list("status", flat=True))


def test_everything_that_is_pending_is_tagged(champion_folder: Path, settings: Settings) -> None:
    """One call works through several batches until nothing is left."""
    settings.CLASSIFY_BATCH_SIZE = 4
    photos_with_files(10)
    assert tag.drain() == 10
    assert set(statuses()) == {"classified"}
    assert tag.drain() == 0


def test_a_message_leads_straight_to_the_claim(champion_folder: Path) -> None:
    """The champion is asked for while the photos are read, once a batch."""
    photos_with_files(2)
    tag.load_champion()
    with CaptureQueriesContext(connection) as queries:
        assert tag.drain(notified=True) == 2
    assert "RETURNING" in queries[0]["sql"]
    of_champions = [
        query["sql"] for query in queries if 'FROM "classifier_modelversion"' in query["sql"]
    ]
    assert len(of_champions) == 2, "one of the batch, one of the claim that found nothing"
    assert tag.drain(notified=True) == 0


def test_a_photos_embedding_is_stored_with_its_tag(champion_folder: Path) -> None:
    """The same file twice has the same embedding, another file another one."""
    photos = photos_with_files(3)
    photos[2].image.storage.delete(str(photos[2].image))
    other = pictures.encoded(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG")
    photos[2].image.storage.save(str(photos[2].image), ContentFile(other))
    tag.drain()
    rows = PhotoEmbedding.objects.order_by("photo").values_list("vector", flat=True)
    one, same, another = (bytes(row) for row in rows)
    assert one == same != another


def test_the_brightness_of_a_photo_is_stored_with_its_tag(champion_folder: Path) -> None:
    """From 0, a black picture, to 1, a white one."""
    photos = pending_photos(3)
    for photo, colour in zip(photos, ("black", "#808080", "white"), strict=True):
        data = pictures.encoded(Image.new("RGB", (64, 48), colour), "JPEG")
        photo.image.storage.save(str(photo.image), ContentFile(data))
    tag.drain()
    rows = ListingPhoto.objects.order_by("id").values_list("brightness", flat=True)
    assert list(rows) == pytest.approx([0, 0.502, 1], abs=0.005)


def test_a_photo_that_was_tried_before_does_not_wait_behind_every_fresh_one(
    champion_folder: Path, settings: Settings
) -> None:
    """The fourth claim of a loop takes it first, so it is tagged while fresh photos still wait."""
    settings.CLASSIFY_BATCH_SIZE = 1
    tried = photos_with_files(20)[-1]
    ListingPhoto.objects.filter(pk=tried.pk).update(attempts=1)
    assert tag.drain() == 20
    tried.refresh_from_db()
    assert tried.status == "classified"
    # Each loop claims three, one of them the fourth, and as many are under way.
    most_before = 2 * tag.LOOPS + tag.LOOPS * (tag.TRIED_FIRST_EVERY - 1)
    later = ListingPhoto.objects.filter(classified_at__gt=tried.classified_at).count()
    assert later >= 20 - 1 - most_before


def test_bad_photos_fail_alone_with_their_reason(champion_folder: Path) -> None:
    """Of a batch with a lost and an undecodable file, the others are tagged."""
    photos = photos_with_files(4)
    lost, broken = photos[1], photos[2]
    lost.image.storage.delete(str(lost.image))
    Path(broken.image.path).write_bytes(b"\xff\xd8\xff no longer a photo")
    assert tag.drain() == 4
    assert statuses() == ["classified", "failed", "failed", "classified"]
    lost.refresh_from_db()
    broken.refresh_from_db()
    assert lost.error == "The file photos/1.jpg is no longer in storage."
    assert broken.error.startswith("The photo cannot be decoded")


def test_a_storage_in_trouble_postpones_the_photo(champion_folder: Path) -> None:
    """A file that is there but cannot be read now stays pending and rests a while."""
    photo = photos_with_files(1)[0]
    Path(photo.image.path).unlink()
    Path(photo.image.path).mkdir()  # reading it is an error that is not "no such file"
    tag.drain()
    photo.refresh_from_db()
    assert photo.status == "pending"
    assert "storage did not give the file" in photo.error
    assert photo.claimed_until is not None


def test_without_a_usable_model_nothing_is_claimed(
    champion_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With a damaged champion photos wait untouched, the log says why, and work goes on after."""
    photos_with_files(2)
    weights = champion_folder / "weights.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(b"damaged")
    assert tag.drain() == 0
    assert f"{weights} is damaged" in caplog.text
    assert set(ListingPhoto.objects.values_list("status", "attempts")) == {("pending", 0)}
    weights.write_bytes(content)
    assert tag.drain() == 2


def test_many_messages_at_once_tag_each_photo_once(
    champion_folder: Path, settings: Settings
) -> None:
    """Six tasks in one process share the work: each photo is dealt with by exactly one."""
    settings.CLASSIFY_BATCH_SIZE = 3
    photos_with_files(20)
    assert sum(in_threads(6, tag.drain)) == 20
    assert set(ListingPhoto.objects.values_list("status", "attempts")) == {("classified", 1)}


def test_one_message_has_all_loops_work_on_a_backlog(
    champion_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop that finds more than it can take does not wait for a second message to be helped."""
    settings.CLASSIFY_BATCH_SIZE = 1
    photos_with_files(tag.LOOPS + 2)
    predictor = live_model.current().predictor
    together, first = threading.Barrier(tag.LOOPS, timeout=60), iter(range(tag.LOOPS))
    prepare = predictor.prepare

    def prepare_together(data: bytes) -> Any:
        """Wait until each loop reads its first photo."""
        if next(first, None) is not None:
            together.wait()
        return prepare(data)

    monkeypatch.setattr(predictor, "prepare", prepare_together)
    assert tag.drain(notified=True) == tag.LOOPS + 2
    assert set(ListingPhoto.objects.values_list("status", "attempts")) == {("classified", 1)}


def test_claims_are_larger_while_a_backlog_goes_on(
    champion_folder: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a full claim the next is twice as large, up to the most; each backlog begins anew."""
    settings.CLASSIFY_BATCH_SIZE = 6
    monkeypatch.setattr(live_model.current().predictor, "largest_pass", 2)
    monkeypatch.setattr(tag, "LOOPS", 1)
    # However busy this machine is.
    monkeypatch.setattr(claim_size, "LONGEST_SECONDS", 600.0)
    for claims in ([2, 4, 6, 6, 3], [2, 1]):
        photos_with_files(sum(claims))
        caplog.clear()
        with caplog.at_level("INFO", logger=tag.__name__):
            assert tag.drain() == sum(claims)
        claimed = [text for text in caplog.messages if text.startswith("Claimed")]
        assert [text.count("photo") for text in claimed] == claims


def test_a_new_champion_takes_over_between_batches(
    champion_folder: Path, untrained_bundle: Path, tmp_path: Path
) -> None:
    """Photos after a promotion carry the new model's name; no restart is needed."""
    from tests.classifier.versions.test_registry import registered

    first = photos_with_files(1)[0]
    tag.drain()
    promotion.promote(version=registered(untrained_bundle, "newer", tmp_path))
    ListingPhoto.objects.filter(pk=first.pk).update(image="photos/first.jpg")
    photos_with_files(1)
    tag.drain()
    rows = ListingPhoto.objects.order_by("id").values_list("model_version__name", "attempts")
    # What was claimed when the promotion was seen was given back, as if it had not been claimed.
    assert list(rows) == [("untrained", 1), ("newer", 1)]


def test_photos_do_not_wait_for_a_champion_that_cannot_be_loaded(
    champion_folder: Path, untrained_bundle: Path, tmp_path: Path, settings: Settings
) -> None:
    """The model before tags them, at their first attempt, however many batches they are."""
    from tests.classifier.versions.test_registry import registered

    settings.CLASSIFY_BATCH_SIZE = 4
    tag.load_champion()
    newer = registered(untrained_bundle, "newer", tmp_path)
    promotion.promote(version=newer)
    (storage.local_folder(newer) / "weights.safetensors").write_bytes(b"")
    photos_with_files(3 * settings.CLASSIFY_BATCH_SIZE)
    tag.drain()
    rows = ListingPhoto.objects.values_list("model_version__name", "attempts")
    assert set(rows) == {("untrained", 1)}


def test_a_worker_that_is_asked_to_stop_leaves_the_backlog(
    champion_folder: Path, settings: Settings
) -> None:
    """After the signal no further batch is begun, and what waits stays unclaimed."""
    photos_with_files(3)
    tag.stop_soon()
    assert tag.drain() == 0
    assert not ListingPhoto.objects.filter(claim__isnull=False).exists()
