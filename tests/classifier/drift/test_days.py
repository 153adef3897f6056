"""Days of a stream: counted, compared with the days before or the bundle, told as an alarm."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from classifier.decision import Scores
from classifier.drift import days
from classifier.models import Alarm, DriftDay, ListingPhoto, ModelVersion
from classifier.models.operations import CANARY_SELLER
from classifier.operations import alarms, checks
from classifier.sentences import kept_day
from classifier.tasks import measure_drift
from classifier.thresholds.held_out import test_photos as held_out_photos
from classifier.versions import storage
from classifier.versions.stream import Mix, kind_of
from tests.drifting import dark, day_before, stream, usual
from tests.rows import a_listing
from tests.tagged_photos import UNKNOWN, a_moderator, a_version, scores_for
from tests.training.thresholds.test_thresholds_command import drawn_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_scores(champion: ModelVersion) -> ModelVersion:
    """A champion whose bundle carries held-out scores, 500 of them of test photos."""
    storage.bundle_storage().save(
        f"{champion.name}/held_out.csv", ContentFile(drawn_scores(2000).as_bytes())
    )
    return champion


def like_the_test_photos(
    version: ModelVersion, count: int
) -> list[tuple[Scores, Mapping[str, Any]]]:
    """Photos with scores of the bundle's test photos, mixed as the stream is."""
    photos, mix = held_out_photos(version), Mix()
    kinds = [kind_of(photo.main, photo.sub) for photo in photos]
    weights = [mix.of(kind) / kinds.count(kind) for kind in kinds]
    draw = random.Random(3)  # noqa: S311  # photos of a test, not secrets
    chosen = draw.choices(photos, weights, k=count)
    return [(photo.scores, {}) for photo in chosen]


def days_of_usual_photos(version: ModelVersion) -> None:
    """600 photos on the third and second day before today, as ever."""
    for back in (3, 2):
        stream(version, day_before(back), usual(300))


def only_row(version: ModelVersion) -> DriftDay:
    return DriftDay.objects.get(version=version, day=day_before(1))


def test_a_first_day_like_the_test_photos_is_well(with_scores: ModelVersion) -> None:
    """Only what the bundle can tell of is compared; the rest waits for the stream's own days."""
    stream(with_scores, day_before(1), like_the_test_photos(with_scores, 300))
    measure_drift()
    row = only_row(with_scores)
    assert (row.reference, row.photos, row.sentence) == ("bundle", 300, "")
    assert set(row.distances) == {"outcome", "confidence", "novelty"}
    assert days.alarm() == ""


def test_a_first_day_of_photos_that_the_model_does_not_know_is_an_alarm(
    with_scores: ModelVersion,
) -> None:
    """Compared with the bundle's test photos, since there is no day before."""
    stream(with_scores, day_before(1), [(scores_for("Boots", **UNKNOWN), {})] * 250)
    measure_drift()
    assert "in the model’s test photos" in only_row(with_scores).sentence
    assert f"On {kept_day(day_before(1))} the stream had drifted." in checks.drift()


def test_the_mix_of_the_stream_weighs_the_test_photos(
    with_scores: ModelVersion, settings: Settings
) -> None:
    """With many more others among the photos expected, the same first day is unlike them."""
    stream(with_scores, day_before(1), like_the_test_photos(with_scores, 300))
    settings.STREAM_MIX = "20,0,80"
    measure_drift()
    assert only_row(with_scores).sentence


def test_a_bundle_without_held_out_scores_compares_nothing_yet(champion: ModelVersion) -> None:
    """The day is counted, so that it is a reference for later ones."""
    stream(champion, day_before(1), usual(300))
    measure_drift()
    row = only_row(champion)
    assert (row.reference, row.distances, row.photos) == ("", {}, 300)


def test_dark_photos_are_an_alarm_with_the_darkest_as_examples(champion: ModelVersion) -> None:
    """From the second day before on the stream is its own reference; all figures are compared."""
    days_of_usual_photos(champion)
    stream(champion, day_before(1), usual(150))
    at_night = stream(champion, day_before(1), dark(100))
    measure_drift()
    row = only_row(champion)
    assert row.reference == "stream"
    assert len(row.distances) == 6
    assert row.sentence == (
        "Photos with a brightness below 0.3 were 40 % of all, and 0 % in the days before: "
        "40 points more."
    )
    darkest = [photo.pk for photo in reversed(at_night)]
    assert [photo.pk for photo in days.example_photos(row, 8)] == darkest[:8]
    ListingPhoto.objects.filter(pk=darkest[0]).update(deleted_at=timezone.now())
    assert [photo.pk for photo in days.example_photos(row, 8)] == darkest[1:9]


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ([(scores_for("Flats"), {})], {"sub": "Flats"}),
        ([(scores_for("Boots", share=0.4), {})], {"outcome": "main_class"}),
        ([(scores_for("Boots", **UNKNOWN), {})], {"outcome": "unknown"}),
        ([(scores_for("Boots", main=0.85), {})], {"main_confidence__lt": 0.9}),
        ([(scores_for("Boots", novelty=0.4), {})], {"sub": "Boots"}),
        ([(scores_for("Boots"), {"width": 300, "height": 200})], {"width": 300}),
    ],
)
def test_examples_show_what_moved(
    champion: ModelVersion,
    other: list[tuple[Scores, Mapping[str, Any]]],
    wanted: dict[str, Any],
) -> None:
    """All of them are of the kind that grew, whichever figure it was."""
    days_of_usual_photos(champion)
    stream(champion, day_before(1), usual(100))
    lit_as_ever = usual(1)[0][1]
    others = stream(
        champion, day_before(1), [(scores, {**lit_as_ever, **more}) for scores, more in other * 150]
    )
    measure_drift()
    shown = only_row(champion).examples
    assert len(shown) == 24
    assert set(shown) <= {photo.pk for photo in others}
    assert ListingPhoto.objects.filter(pk__in=shown, **wanted).count() == 24


def test_the_alarm_begins_and_ends_with_the_days(champion: ModelVersion) -> None:
    """It begins with a day that drifted, and ends with a later one that did not."""
    stream(champion, day_before(4), usual(600))
    stream(champion, day_before(2), dark(250))
    days.measure(day_before(4))
    days.measure(day_before(2))
    alarms.consider([checks.Finding("drift", checks.drift())])
    assert "brightness below 0.3" in Alarm.objects.get(ended_at=None).sentence
    stream(champion, day_before(1), usual(300))
    measure_drift()
    alarms.consider([checks.Finding("drift", checks.drift())])
    assert not Alarm.objects.filter(ended_at=None).exists()


def test_too_few_photos_are_counted_and_not_compared(
    champion: ModelVersion, settings: Settings
) -> None:
    """One photo less than DRIFT_PHOTOS; with that many it is an alarm."""
    days_of_usual_photos(champion)
    stream(champion, day_before(1), dark(199))
    measure_drift()
    assert (only_row(champion).photos, days.alarm()) == (199, "")
    settings.DRIFT_PHOTOS = 199
    days.measure(day_before(1))
    assert days.alarm()


def test_it_can_be_switched_off(champion: ModelVersion, settings: Settings) -> None:
    """With a limit of 0 days are counted and nobody is told."""
    settings.DRIFT_PSI = 0
    days_of_usual_photos(champion)
    stream(champion, day_before(1), dark(300))
    measure_drift()
    assert only_row(champion).reference == ""
    assert days.alarm() == ""


def test_a_second_call_changes_nothing_and_nights_are_made_up_for(champion: ModelVersion) -> None:
    """A row for each day that had photos, none for others, the same after another night."""
    for back in (9, 5, 1):
        stream(champion, day_before(back), usual(20))
    measure_drift()
    rows = list(DriftDay.objects.order_by("day").values())
    assert [row["day"] for row in rows] == [day_before(back) for back in (9, 5, 1)]
    measure_drift()
    days.measure(day_before(5))
    assert list(DriftDay.objects.order_by("day").values()) == rows


def test_each_version_has_its_own_row_and_the_champion_s_is_told(champion: ModelVersion) -> None:
    """Photos that the model before tagged are no reference for this one."""
    before = a_version("before")
    days_of_usual_photos(before)
    stream(before, day_before(1), dark(250))
    stream(champion, day_before(1), usual(250))
    measure_drift()
    assert only_row(before).sentence
    assert only_row(champion).reference == ""
    assert days.alarm() == ""


def test_photos_tagged_again_and_test_photos_are_not_counted(champion: ModelVersion) -> None:
    """What came in weeks ago is not of this day, and the canary is nobody's photo."""
    again = stream(champion, day_before(1), usual(10))
    ListingPhoto.objects.filter(pk__in=[photo.pk for photo in again]).update(
        created_at=timezone.now() - timedelta(days=20)
    )
    ours = a_listing()
    ours.seller = User.objects.create(username=CANARY_SELLER)
    ours.save()
    stream(champion, day_before(1), usual(3), listing=ours)
    assert days.measure(day_before(1)) == []
    stream(champion, day_before(1), usual(5))
    assert [row.photos for row in days.measure(day_before(1))] == [5]


def test_the_command_says_what_came_of_each_day(
    champion: ModelVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line a day; a day that is not over and no day at all are refused."""
    days_of_usual_photos(champion)
    stream(champion, day_before(1), dark(250))
    call_command("drift")
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3
    assert "250 photos. Photos with a brightness below 0.3 were 100 % of all" in printed[-1]
    call_command("drift")
    assert capsys.readouterr().out == "All days are counted.\n"
    call_command("drift", day=day_before(12).isoformat())
    assert capsys.readouterr().out == "There is no photo to count.\n"
    with pytest.raises(CommandError, match="is not over yet; yesterday is the last"):
        call_command("drift", day=timezone.localdate().isoformat())
    with pytest.raises(CommandError, match="'yesterday' is not a day"):
        call_command("drift", day="yesterday")


def test_the_first_page_shows_it_to_who_may_see_models(champion: ModelVersion) -> None:
    """Photos are shown with the right to see photos alone."""
    days_of_usual_photos(champion)
    stream(champion, day_before(1), dark(250))
    measure_drift()

    def page(name: str, *rights: str) -> str:
        client = Client()
        client.force_login(a_moderator(name, rights))
        return client.get("/admin/").content.decode()

    nothing = page("none", "view_review")
    assert "The stream has drifted" not in nothing
    without = page("some", "view_modelversion")
    assert "The stream has drifted" in without
    assert "Photo " not in without.split('aria-label="Stream"')[1].split("</section>")[0]
    assert page("all", "view_modelversion", "view_listingphoto").count('alt="Photo ') == 8
