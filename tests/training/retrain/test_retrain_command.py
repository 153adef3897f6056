"""`manage.py retrain`, as an engineer types it, on small real runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image
from pytest_django import Settings

from classifier.ml.bundle import load_bundle
from classifier.models import (
    DatasetReview,
    Listing,
    ListingPhoto,
    ModelVersion,
    RetrainRun,
    Review,
    Split,
    SplitAssignment,
)
from classifier.retraining import request
from classifier.review import verdicts
from classifier.taxonomy import SUBCLASSES
from classifier.versions import promotion, registry, storage
from local_stack.processes import free_port
from tests.rows import champion_of
from tests.training.retraining import (
    NEAR_SHOES,
    OTHERS,
    Shown,
    dataset_of,
    label_of,
    review,
    write_base_photos,
)
from training import tasks
from training.data.folder import read_photos
from training.data.splits.split import stratified_split

BOOTS, FLATS = SUBCLASSES.index("Boots"), SUBCLASSES.index("Flats")

QUICK = (
    "--train-from", "heads", "--epochs", "12", "--views", "1", "--head-lr", "0.001",
    "--batch-size", "32",
)  # fmt: skip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("var")]


def retrain(*options: Any, capsys: Any = None) -> str:
    """Type the command; return what it prints."""
    call_command("retrain", *QUICK, *(str(option) for option in options))
    return capsys.readouterr().out if capsys else ""


@pytest.mark.parametrize("name", ["confused", "joint"])
def test_reviews_and_base_photos_make_a_better_champion(
    name: str, bundles: dict[str, Path], base_photos: Path, capsys: Any
) -> None:
    """Boots and flats that the champion confuses are reviewed; the candidate knows them."""
    confused = champion_of(bundles[name])
    shown = [Shown.of(class_index, 500 + n) for class_index in (BOOTS, FLATS) for n in range(12)]
    done = review(shown, version=confused)
    printed = retrain("--photos", base_photos, capsys=capsys)

    champion = registry.champion()
    assert champion is not None
    assert champion != confused, printed
    assert champion.parent == confused
    assert champion.gate is not None
    assert champion.gate["verdict"] == "promote"
    assert "promoted. " in printed
    assert "What got better: overall accuracy" in printed
    run = RetrainRun.objects.get()
    assert (run.state, run.verdict, run.candidate) == ("done", "promoted", champion)
    assert run.new_reviews == len(done)

    rows = dataset_of(champion)
    assert {row["source"] for row in rows} == {"base", "review"}
    assert set(champion.dataset_reviews.values_list("review", flat=True)) == {r.pk for r in done}
    assert load_bundle(storage.local_folder(champion)).manifest.metrics["test"]
    page = storage.open_extra(champion, "report.html")
    assert page is not None
    with page:
        html = page.read().decode()
    assert "Fixed by the candidate" in html
    assert "data:image/jpeg;base64," in html
    assert "<script" not in html


def test_shuffled_labels_are_rejected_with_reasons(
    sound: ModelVersion, base_photos: Path, capsys: Any
) -> None:
    """Reviews whose labels are nonsense make a candidate that the gate stops, and it says why."""
    nonsense = [
        Shown.of(class_index, 700 + n, reviewed_as=(class_index + 1 + n) % len(SUBCLASSES))
        for class_index in range(len(SUBCLASSES))
        for n in range(20)
    ]
    review(nonsense, version=sound)
    printed = retrain("--photos", base_photos, "--epochs", "20", capsys=capsys)
    assert registry.champion() == sound, printed
    candidate = ModelVersion.objects.exclude(pk=sound.pk).get()
    assert candidate.state == "rejected"
    assert candidate.gate is not None
    assert candidate.gate["summary"].startswith("Rejected because ")
    assert "rejected. Rejected because " in printed
    assert "look whether the labels of the reviews were mixed up" in printed
    with pytest.raises(promotion.PromotionError, match="was rejected by the gate"):
        promotion.promote(version=candidate)


def test_a_second_retraining_moves_no_photo_and_reuses_features(
    confused: ModelVersion, base_photos: Path, var: Path
) -> None:
    """Parts of the first run hold in the second, base photos keep theirs, features stay."""
    listing = Listing.objects.create(seller=User.objects.create_user("a seller"))
    review([Shown.of(BOOTS, 520), Shown.of(BOOTS, 521)], version=confused, listing=listing)
    review(
        [Shown.of(class_index, 530 + n) for class_index in (BOOTS, FLATS) for n in range(20)],
        version=confused,
    )
    retrain("--photos", base_photos, "--epochs", "1", "--promote", "always")
    first = registry.champion()
    assert first is not None
    splits = dict(SplitAssignment.objects.values_list("sha256", "split"))
    files = set((var / "retraining" / "features").rglob("*.npy"))

    review([Shown.of(FLATS, 560 + n) for n in range(10)], version=first)
    review([Shown.of(BOOTS, 522)], version=first, listing=listing)
    retrain("--photos", base_photos, "--epochs", "1", "--promote", "always")
    second = registry.champion()
    assert second is not None
    assert second.parent == first
    assert splits.items() <= dict(SplitAssignment.objects.values_list("sha256", "split")).items()
    in_listing = SplitAssignment.objects.filter(product=f"listing {listing.pk}")
    assert len(set(in_listing.values_list("split", flat=True))) == 1
    assert in_listing.count() == 3
    of_base = [
        {row["path"]: row["part"] for row in dataset_of(version) if row["source"] == "base"}
        for version in (first, second)
    ]
    assert of_base[0] == of_base[1]
    assert files < set((var / "retraining" / "features").rglob("*.npy"))


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    sound: ModelVersion, base_photos: Path, capsys: Any
) -> None:
    """The plan counts photos by label, split and source; no run, version or assignment is made."""
    review([Shown.of(NEAR_SHOES, 600), Shown.of(OTHERS, 601), Shown.of(BOOTS, 602)], version=sound)
    printed = retrain("--photos", base_photos, "--dry-run", capsys=capsys)
    assert "New reviews since sound was made: 3." in printed
    assert "It would start from sound, train heads for 12 epochs" in printed
    assert "Near Shoes" in printed
    assert "Others" in printed
    assert not RetrainRun.objects.exists()
    assert not SplitAssignment.objects.exists()
    assert ModelVersion.objects.count() == 1


def test_too_little_new_is_a_sentence(sound: ModelVersion, capsys: Any) -> None:
    """With fewer new reviews than asked for nothing is done, and the run says so."""
    review([Shown.of(BOOTS, 610)], version=sound)
    printed = retrain("--min-new", "5", capsys=capsys)
    assert "Nothing was done: it takes 5 new reviews, and 1 came since sound was made." in printed
    run = RetrainRun.objects.get()
    assert (run.state, run.verdict) == ("nothing_new", None)


@contextmanager
def splits_cannot_be_read() -> Iterator[None]:
    """The database fails in the middle of the first stage, and is well again afterwards."""
    table = SplitAssignment._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(SplitAssignment, table, f"{table}_away")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(SplitAssignment, f"{table}_away", table)


def test_a_database_that_fails_costs_nothing_that_is_done(
    sound: ModelVersion, base_photos: Path, var: Path
) -> None:
    """The work folder stays, and the next start goes on with the same run."""
    done = review([Shown.of(BOOTS, 900 + n) for n in range(3)], version=sound)
    with splits_cannot_be_read(), pytest.raises(CommandError, match="database"):
        retrain("--photos", base_photos)
    run = RetrainRun.objects.get()
    assert run.state == "running"
    assert len(list((var / f"retraining/work/{run.pk}/photos").glob("*.jpg"))) == len(done)
    retrain("--photos", base_photos, "--epochs", "1")
    run.refresh_from_db()
    assert run.state == "done"
    assert not (var / f"retraining/work/{run.pk}").exists()


def test_a_photos_folder_that_is_away_postpones_a_retraining(
    sound: ModelVersion, base_photos: Path, settings: Settings
) -> None:
    """No photo counts as lost; the run waits and goes on when the folder is back."""
    review([Shown.of(BOOTS, 910 + n) for n in range(3)], version=sound)
    media = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    media.rename(media.with_name("away"))
    media.mkdir()  # the bare mount point
    with pytest.raises(CommandError, match="waits for the storage"):
        retrain("--photos", base_photos)
    run = RetrainRun.objects.get()
    assert (run.state, run.finished_at) == ("running", None)
    assert "is not the folder that files were stored in" in run.doing
    media.rmdir()
    media.with_name("away").rename(media)
    retrain("--photos", base_photos, "--epochs", "1", "--promote", "never")
    run.refresh_from_db()
    assert run.state == "done"
    assert DatasetReview.objects.filter(version=run.candidate).count() == 3


def test_an_s3_that_refuses_postpones_a_retraining(
    sound: ModelVersion, base_photos: Path, settings: Settings
) -> None:
    """The run is unfinished, and says what it waits for."""
    review([Shown.of(BOOTS, 920)], version=sound)
    nowhere = {
        "bucket_name": "photos", "endpoint_url": f"http://127.0.0.1:{free_port()}",
        "access_key": "tests", "secret_key": "tests",
        "client_config": Config(retries={"total_max_attempts": 1}),
    }  # fmt: skip
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": nowhere}
    settings.STORAGES = {**settings.STORAGES, "default": s3}
    with pytest.raises(CommandError, match="waits for the storage"):
        retrain("--photos", base_photos)
    run = RetrainRun.objects.get()
    assert (run.state, run.finished_at) == ("running", None)
    assert "Could not connect" in run.doing


def test_a_quick_look_says_what_the_gate_would_and_keeps_nothing(
    confused: ModelVersion, base_photos: Path, capsys: Any
) -> None:
    """Twelve base photos of each label and all reviews: a verdict, and no row and no file of it."""
    review([Shown.of(BOOTS, 660 + n) for n in range(3)], version=confused)
    printed = retrain("--photos", base_photos, "--limit", "12", "--epochs", "1", capsys=capsys)
    assert "A quick look with at most 12 base photos of each label in each split" in printed
    assert "1,000 photos cost" in printed
    assert not RetrainRun.objects.exists()
    assert not SplitAssignment.objects.exists()
    assert ModelVersion.objects.count() == 1
    with pytest.raises(CommandError, match="--limit is at least 5; it is 1"):
        retrain("--photos", base_photos, "--limit", "1")


def test_without_base_photos_too_few_reviews_are_refused(sound: ModelVersion) -> None:
    """Nobody named the folder, and one review is not enough to go on with: it says what lacks."""
    review([Shown.of(BOOTS, 615)], version=sound)
    with pytest.raises(CommandError, match="too few photos of 9 of the 9 subclasses"):
        retrain("--photos", "")
    run = RetrainRun.objects.get()
    assert run.state == "failed"
    assert (
        "Of Dresses, for instance, there are 0 of 10 to train on, 0 of 2 to choose by"
        in run.message
    )
    assert "add_replay_features" in run.message
    assert len(run.message) < 600


def test_another_folder_is_refused(sound: ModelVersion, tmp_path: Path) -> None:
    """A folder of other photos is not taken for the champion's."""
    review([Shown.of(BOOTS, 620)], version=sound)
    wrong = write_base_photos(tmp_path / "wrong", each=2)
    with pytest.raises(CommandError, match="does not hold the photos that sound was trained on"):
        retrain("--photos", wrong)


def test_without_a_champion_there_is_nothing_to_start_from(db: None) -> None:
    """No model in production: the command says how to register one, and no run is left open."""
    with pytest.raises(CommandError, match="No model is in production"):
        retrain()
    assert not RetrainRun.objects.filter(state__in=("queued", "running")).exists()


def test_lost_and_deleted_photos_are_left_out_and_counted(
    sound: ModelVersion, base_photos: Path, capsys: Any
) -> None:
    """A file that is gone is a note; a deleted photo and a bad one are no labels at all."""
    lost, deleted, bad, kept = review([Shown.of(BOOTS, 630 + n) for n in range(4)], version=sound)
    assert lost.photo is not None
    lost.photo.image.storage.delete(str(lost.photo.image))
    ListingPhoto.objects.get(reviews=deleted).delete()
    verdicts.undo(moderator=bad.moderator, review=bad.pk)
    printed = retrain("--photos", base_photos, "--dry-run", capsys=capsys)
    assert "1 reviewed photos are not in storage as they were uploaded" in printed
    assert "of 481 photos 1 are reviewed ones" in printed.lower()
    assert Review.objects.final().filter(pk=kept.pk).exists()


def test_a_copy_of_a_test_photo_is_never_trained_on(sound: ModelVersion, base_photos: Path) -> None:
    """A seller's copy of a base test photo, made smaller and saved anew, joins the test photos."""
    tested = next(s for s in stratified_split(read_photos(base_photos), seed=0).test if s.sub)
    class_index = SUBCLASSES.index(tested.sub or "")
    copy = resaved(tested.path)
    (one,) = review([Shown(copy, *label_of(class_index))], version=sound)
    retrain("--photos", base_photos, "--epochs", "1", "--promote", "never")
    assignment = SplitAssignment.objects.get(sha256=one.photo.sha256)
    assert assignment.split == Split.TEST
    assert assignment.product == str(tested.path.relative_to(base_photos))
    assert DatasetReview.objects.get(review=one).split == Split.TEST


def resaved(path: Path) -> bytes:
    buffer = BytesIO()
    with Image.open(path) as image:
        image.resize((80, 67)).save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def test_a_full_disk_is_a_sentence(
    sound: ModelVersion, base_photos: Path, tmp_path: Path, settings: Settings
) -> None:
    """Where the work folder cannot be made, the run fails and says what to do."""
    review([Shown.of(BOOTS, 640)], version=sound)
    (tmp_path / "var").write_text("in the way of the folder")
    settings.VAR_DIR = tmp_path / "var"
    with pytest.raises(CommandError, match="cannot be made"):
        retrain("--photos", base_photos)
    assert RetrainRun.objects.get().state == "failed"


def test_the_trainers_task_does_a_run_that_waits(sound: ModelVersion) -> None:
    """What the button asks for is done by the task; a message that comes twice does no harm."""
    run = request(trigger=RetrainRun.Trigger.ADMIN, policy=RetrainRun.Policy.GATE)
    tasks.retrain(run.pk)
    run.refresh_from_db()
    assert (run.state, run.verdict) == ("nothing_new", None)
    tasks.retrain(run.pk)
    tasks.retrain(run.pk + 1)
    assert RetrainRun.objects.count() == 1
