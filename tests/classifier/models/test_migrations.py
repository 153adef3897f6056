"""One migration makes a new database; one of the release before migrates with its rows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from classifier.accounts.second_factor import backup_codes, devices
from classifier.models import (
    DatasetReview,
    Exclusion,
    ListingPhoto,
    Promotion,
    QueueItem,
    Reclassification,
    RetrainRun,
    Review,
    SplitAssignment,
)
from tests.databases import database_at, default_database
from tests.second_factor import a_second_factor

SCORES = {
    "main": {"Clothing": 0.1, "Shoes": 0.8, "Bags": 0.1},
    "sub": {"Boots": 0.5, "Flats": 0.3, "High Heels": 0.2},
    "novelty": 0.1,
}
FALLBACK = {"outcome": "main_class", "main": "Shoes", "reason": "sub_below_threshold"}
# Apps that the release before did not have.
CAME_LATER = ("otp_totp", "otp_static")
# What the way from there to here writes anew, as the test itself says.
REWRITTEN = {
    ("classifier_retrainrun", "state"), ("classifier_retrainrun", "verdict"),
}  # fmt: skip
# The release before kept reviews as they were written with these, which name its columns.
TRIGGERS_BEFORE = {
    "sqlite": (
        "CREATE TRIGGER classifier_review_append_only BEFORE UPDATE ON classifier_review "
        "WHEN NEW.verdict IS NOT OLD.verdict OR NEW.said_main IS NOT OLD.said_main "
        "BEGIN SELECT RAISE(ABORT, 'Reviews are never changed'); END;",
    ),
    "postgresql": (
        "CREATE FUNCTION classifier_review_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'Reviews are never changed'; END $$;",
        "CREATE TRIGGER classifier_review_append_only BEFORE UPDATE ON classifier_review "
        "FOR EACH ROW WHEN (NEW.verdict IS DISTINCT FROM OLD.verdict OR NEW.said_main IS DISTINCT "
        "FROM OLD.said_main) EXECUTE FUNCTION classifier_review_refuse();",
    ),
}


def migrate_before(name: str) -> Any:
    """Migrate to one of the steps that the release before had; return the models of then."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    leaves = executor.loader.graph.leaf_nodes()
    others = [node for node in leaves if node[0] not in ("classifier", *CAME_LATER)]
    executor.migrate([*others, ("classifier", name)])
    return executor.loader.project_state([("classifier", name)]).apps


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)],
)
def database_of_before(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any
) -> Iterator[None]:
    """A database that the release before made and used: photos, reviews and retrainings."""
    url = (
        f"sqlite:///{tmp_path / 'db.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("new_postgresql_database")("before")
    )
    with django_db_blocker.unblock(), default_database(database_at(url)):
        old = migrate_before("0001_initial")
        photos_of_before(old)
        old = migrate_before("0007_dataset_weight_may_be_zero")
        reviews_of_before(old)
        with connection.cursor() as cursor:
            for statement in TRIGGERS_BEFORE[request.param]:
                cursor.execute(statement)
        yield


def photos_of_before(old: Any) -> None:
    """A photo in each status; the champion has tagged three of them."""
    user = old.get_model("auth", "User").objects.create(username="anna")
    listing = old.get_model("classifier", "Listing").objects.create(seller=user, title="Boots")
    version = old.get_model("classifier", "ModelVersion").objects.create(
        name="starter", state="champion", promoted_at=timezone.now(), manifest={}
    )
    tagged = {
        "status": "classified", "main_confidence": 0.8, "sub_confidence": 0.5, "scores": SCORES,
        "model_version": version, "classified_at": timezone.now(),
    }  # fmt: skip
    unknown = {**tagged, "outcome": "unknown", "reason": "main_below_threshold"}
    sure = {**tagged, "outcome": "subclass", "main": "Shoes", "sub": "Boots"}
    rows: list[dict[str, Any]] = [
        {"status": "pending", "attempts": 1}, {"status": "failed", "error": "No photo."},
        unknown, {**tagged, **FALLBACK}, sure,
    ]  # fmt: skip
    for number, columns in enumerate(rows, start=1):
        old.get_model("classifier", "ListingPhoto").objects.create(
            listing=listing, image=f"photos/{number}.jpg", width=9, height=9,
            sha256=f"{number:064}", **columns,
        )  # fmt: skip


def reviews_of_before(old: Any) -> None:
    """A review that settles, one that was undone, a skipped photo, and what was learned of them."""

    def model(name: str) -> Any:
        return old.get_model("classifier", name).objects

    anna, version = old.get_model("auth", "User").objects.get(), model("ModelVersion").get()
    unknown, fallback, sure = model("ListingPhoto").filter(status="classified").order_by("pk")
    decision = {"said_outcome": "main_class", "said_main": "Shoes", "said_main_confidence": 0.8}
    boots = {"verdict": "subclass", "main": "Shoes", "sub": "Boots", "moderator": anna}
    settled = model("Review").create(photo=fallback, key=uuid4(), stands=True, **boots, **decision)
    undone = model("Review").create(photo=unknown, key=uuid4(), voided=True, **boots)
    model("Review").create(
        photo=unknown, key=uuid4(), verdict="undone", moderator=anna, voids=undone
    )
    model("QueueItem").filter(photo=fallback).update(open=False)
    item = model("QueueItem").get(photo=unknown)
    model("PassedOver").create(item=item, moderator=anna, why="skipped")
    model("Suggestion").create(photo=sure, seller=anna, main="Bags")
    model("PhotoPart").create(sha256=fallback.sha256, part="test", product="listing 1")
    model("DatasetReview").create(
        version=version, review=settled, sha256=fallback.sha256, part="test", weight=0
    )
    for ending in (
        {"state": "done", "verdict": "kept"}, {"state": "done", "verdict": "nothing_new"},
        {"state": "failed", "message": "Called off by anna."},
        {"state": "failed", "message": "The disk is full."},
    ):  # fmt: skip
        model("RetrainRun").create(trigger="command", finished_at=timezone.now(), **ending)
    model("Reclassification").create(version=version, walks=1, cursor=4, total=3)


def test_a_database_of_before_migrates_with_its_rows(database_of_before: None) -> None:
    """Nothing is lost on the way, every constraint is there, and what was written stays written."""
    before = all_values()
    call_command("migrate", verbosity=0)
    after = all_values()
    kept = before.keys() & after.keys() - REWRITTEN
    assert {place: after[place] for place in kept} == {place: before[place] for place in kept}
    assert {("classifier_listing", "title"), ("classifier_listingphoto", "image")} <= kept
    statuses = ListingPhoto.objects.order_by("pk").values_list("status", "attempts", "outcome")
    assert list(statuses) == [
        ("pending", 1, None), ("failed", 0, None),
        ("classified", 0, "unknown"), ("classified", 0, "main_class"),
        ("classified", 0, "subclass"),
    ]  # fmt: skip
    items = QueueItem.objects.order_by("photo").values_list(
        "photo__outcome", "is_open", "predicted_sub", "rank"
    )
    assert list(items) == [("unknown", True, "Boots", 0), ("main_class", False, "Boots", 1)]
    assert all(item.queued_at == item.photo.classified_at for item in QueueItem.objects.all())
    reviews = Review.objects.order_by("pk").values_list(
        "verdict", "is_final", "voided", "predicted_outcome", "predicted_main"
    )
    assert list(reviews) == [
        ("subclass", True, False, "main_class", "Shoes"),
        ("subclass", False, True, None, None),
        ("undone", False, False, None, None),
    ]
    assert Exclusion.objects.get().item.photo.outcome == "unknown"
    assert Promotion.objects.get().trigger == Promotion.Trigger.PERSON
    assert SplitAssignment.objects.get().split == "test"
    learned = DatasetReview.objects.get()
    assert (learned.split, learned.weight, learned.review.is_final) == ("test", 0, True)
    assert list(RetrainRun.objects.order_by("pk").values_list("state", "verdict")) == [
        ("done", "kept"), ("nothing_new", None), ("called_off", None), ("failed", None),
    ]  # fmt: skip
    assert Reclassification.objects.get().passes == 1
    assert ListingPhoto.objects.get(outcome="subclass").suggestion.main == "Bags"
    assert missing_from_the_database() == set()
    # Nobody is asked for a code, and whoever wants a second factor can have one.
    anna = User.objects.get()
    assert not devices.is_on(anna)
    assert len(a_second_factor(anna)) == backup_codes.COUNT
    for statement in (
        "UPDATE classifier_review SET predicted_main = NULL",
        "DELETE FROM classifier_review",
        "DELETE FROM classifier_promotion",
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            connection.cursor().execute(statement)
    # Done: a second one has nothing to do.
    call_command("migrate", check_unapplied=True, verbosity=0)


def all_values() -> dict[tuple[str, str], list[Any]]:
    """Return what each column of each table of ours holds, by table and column, row after row."""
    values: dict[tuple[str, str], list[Any]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("classifier_"):
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608  # a table of ours
                rows = cursor.fetchall()
                for number, column in enumerate(cursor.description):
                    values[table, column[0]] = [row[number] for row in rows]
    return values


def missing_from_the_database() -> set[str]:
    """Return columns, constraints and indexes that the models have and the database has not."""
    missing: set[str] = set()
    with connection.cursor() as cursor:
        for model in apps.get_app_config("classifier").get_models():
            table, options = model._meta.db_table, model._meta
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608  # a table of ours
            columns = {column[0] for column in cursor.description}
            missing |= {str(field.column) for field in options.concrete_fields} ^ columns
            there = names_of_constraints(cursor, table)
            missing |= {str(one.name) for one in (*options.constraints, *options.indexes)} - there
    return missing


def names_of_constraints(cursor: Any, table: str) -> set[str]:
    """Return the names of a table's constraints and indexes."""
    if connection.vendor != "sqlite":
        return set(connection.introspection.get_constraints(cursor, table))
    # Django's introspection cannot read a CHECK that contains ", " on SQLite.
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
    rows = cursor.fetchall()
    named = re.findall(r'CONSTRAINT "(\w+)"', " ".join(sql or "" for _, sql in rows))
    return {name for name, _ in rows} | set(named)


def test_a_new_database_starts_with_one_migration(tmp_path: Path, django_db_blocker: Any) -> None:
    """It makes all that the models have."""
    chosen = database_at(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    with django_db_blocker.unblock(), default_database(chosen):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        names = [migration.name for migration, _ in plan if migration.app_label == "classifier"]
        replaced = executor.loader.disk_migrations["classifier", names[0]].replaces
        assert {"0001_initial", "0029_storage_parameters"} <= {name for _, name in replaced}
        assert not {name for _, name in replaced} & set(names)
        call_command("migrate", verbosity=0)
        assert missing_from_the_database() == set()
        call_command("makemigrations", check_changes=True, verbosity=0)
