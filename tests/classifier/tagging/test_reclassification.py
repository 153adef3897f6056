"""Tag again: everything that nobody reviewed, once, shared by workers."""

import pytest
from django.utils import timezone

from classifier.models import ListingPhoto, ModelVersion, Reclassification
from classifier.tagging import reclassification
from classifier.tagging.results import Postponed
from classifier.versions import promotion, registry
from tests.databases import in_threads
from tests.rows import a_model
from tests.tagged_photos import CONFIDENT, a_photo, many_photos
from tests.tagging_again import begun, made_by, numbers, store, work

pytestmark = pytest.mark.usefixtures("no_sample")


def test_every_unreviewed_photo_is_tagged_again_and_the_row_keeps_count(
    newer: ModelVersion,
) -> None:
    """Twenty photos in batches of eight: each has the champion's tag, its time and its version."""
    photos, began = many_photos(20), timezone.now()
    run = begun()
    assert (run.total, run.version) == (20, newer)
    assert work(newer) == 20
    assert made_by(newer) == numbers(photos)
    assert not ListingPhoto.objects.filter(classified_at__lt=began).exists()
    run.refresh_from_db()
    assert (run.tagged, run.changed) == (20, 20)
    assert run.finished_at is not None
    assert reclassification.start() is None, "nothing is left"
    assert reclassification.in_words(run) == (
        "20 of 20 photos were tagged again, 20 of them got another tag; the model is newer."
    )


def test_starting_twice_goes_on_with_what_was_begun(newer: ModelVersion) -> None:
    """Also when six want it at once there is one reclassification."""
    many_photos(20)
    runs = in_threads(6, reclassification.start)
    assert len({run.pk for run in runs if run is not None}) == 1
    reclassification.take(version=newer, limit=8)
    assert begun() == runs[0]
    assert Reclassification.objects.get().cursor > 0


def test_several_workers_share_it_and_none_tags_twice(newer: ModelVersion) -> None:
    """Four at once: every photo is stored once."""
    many_photos(60)
    run = begun()
    assert sum(in_threads(4, lambda: work(newer, limit=4))) == 60
    run.refresh_from_db()
    assert run.tagged == 60
    assert run.finished_at is not None


def test_what_a_killed_worker_took_along_is_met_again(newer: ModelVersion) -> None:
    """A batch that was taken and never stored is tagged by the next worker."""
    photos = many_photos(20)
    run = begun()
    assert reclassification.take(version=newer, limit=8) is not None  # and then it is killed
    assert work(newer) == 20
    assert made_by(newer) == numbers(photos)
    run.refresh_from_db()
    assert run.finished_at is not None


def test_a_batch_that_kills_every_worker_does_not_go_round_for_ever(newer: ModelVersion) -> None:
    """After a few rounds in which nothing is stored it ends and says what is left."""
    many_photos(3)
    run = begun()
    deaths = 0
    while reclassification.take(version=newer, limit=8) is not None:
        deaths += 1
        assert deaths < 10
    assert deaths == 1 + reclassification.MAX_PASSES
    run.refresh_from_db()
    assert "Left as they were: 3," in reclassification.in_words(run)
    assert begun() != run, "it can be begun anew"


def test_what_cannot_be_read_keeps_its_tag(newer: ModelVersion) -> None:
    """A storage in trouble costs no photo its tag or its status."""
    photo = a_photo("Boots", **CONFIDENT)
    begun()
    assert work(newer, Postponed("The storage did not give the file.")) == 0
    photo.refresh_from_db()
    assert (photo.status, photo.sub, photo.error) == ("classified", "Boots", "")


def test_a_new_champion_takes_over_and_tags_all_of_them(newer: ModelVersion) -> None:
    """It goes on with the new one, also for what was tagged so far; who has the old one stops."""
    photos = many_photos(20)
    run = begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    store(batch, newer)
    newest = a_model("newest")
    promotion.promote(version=newest)
    assert reclassification.take(version=newer, limit=8) is None
    assert work(newest) == 20
    assert made_by(newest) == numbers(photos)
    run.refresh_from_db()
    assert (run.version, run.tagged, run.total) == (newest, 28, 28)


def test_a_slow_worker_does_not_overwrite_a_newer_model_s_tag(newer: ModelVersion) -> None:
    """What it took before the champion changed, and another has tagged since, stays so."""
    photos = many_photos(8)
    begun()
    slow = reclassification.take(version=newer, limit=8)
    assert slow is not None
    newest = a_model("newest")
    promotion.promote(version=newest)
    assert work(newest) == 8
    assert store(slow, newer) == 0
    assert made_by(newest) == numbers(photos)


def test_it_can_be_stopped(newer: ModelVersion) -> None:
    """What is tagged stays tagged, and the sentence says how many are left."""
    many_photos(20)
    begun()
    batch = reclassification.take(version=newer, limit=8)
    assert batch is not None
    store(batch, newer)
    run = reclassification.stop()
    assert run is not None
    assert reclassification.take(version=newer, limit=8) is None
    assert "8 of 20 photos" in reclassification.in_words(run)
    assert "Left as they were: 12," in reclassification.in_words(run)
    assert reclassification.stop() is None


def test_without_a_champion_there_is_nothing_to_tag_with(real_database: str) -> None:
    """A fresh database leads to a sentence with the command to type."""
    with pytest.raises(registry.NoChampionError, match="register_model"):
        reclassification.start()
