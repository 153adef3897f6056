"""Who is champion, who was, and that two promotions at once cannot both win."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from classifier.ml.manifest import BundleMissingError
from classifier.models import ModelVersion, Promotion
from classifier.versions import promotion, registry, storage
from classifier.versions.promotion import ChampionChangedError, PromotionError
from tests.classifier.versions.test_registry import registered
from tests.databases import in_threads
from tests.rows import a_model

TRIGGER = Promotion.Trigger
GATE = {"verdict": "reject", "summary": "It loses every second pair of boots."}


def history() -> list[tuple[str, str | None, str]]:
    """Every change of champion, the oldest first: who, instead of whom, how."""
    rows = Promotion.objects.order_by("id").select_related("version", "replaced")
    return [(r.version.name, r.replaced.name if r.replaced else None, r.trigger) for r in rows]


def test_every_change_of_champion_is_a_row(real_database: str) -> None:
    """Who replaced whom, by whom, how and when; promoting the champion again changes nothing."""
    boss = User.objects.create_user("boss")
    one, two = a_model("one"), a_model("two")
    promotion.promote(version=one)
    promotion.promote(version=two, by=boss, trigger=TRIGGER.GATE)
    promotion.promote(version=two)
    assert history() == [("one", None, "person"), ("two", "one", "gate")]
    last = Promotion.objects.get(version=two)
    two.refresh_from_db()
    assert (last.by, last.at) == (boss, two.promoted_at)
    assert two.promoted_by == boss
    assert ModelVersion.objects.get(name="one").state == "retired"


def test_a_promotion_that_comes_too_late_changes_nothing(real_database: str) -> None:
    """Compared with one champion, it does not replace another, nor one where there was none."""
    one, two, three = (a_model(name) for name in ("one", "two", "three"))
    promotion.promote(version=one, instead_of=None)
    promotion.promote(version=two, instead_of=one)
    with pytest.raises(ChampionChangedError, match="to replace one, but meanwhile two is"):
        promotion.promote(version=three, instead_of=one)
    with pytest.raises(ChampionChangedError, match="to replace no champion, but meanwhile two"):
        promotion.promote(version=three, instead_of=None)
    assert registry.champion() == two
    assert len(history()) == 2


def test_of_two_promotions_at_once_one_wins(real_database: str) -> None:
    """Six threads want to replace the same champion with six versions; one does, five are told."""
    before = a_model("before")
    promotion.promote(version=before)
    rivals = [a_model(f"rival-{number}") for number in range(6)]
    waiting = list(rivals)

    def promote() -> str:
        version = waiting.pop()
        try:
            promotion.promote(version=version, instead_of=before)
        except ChampionChangedError:
            return "late"
        return version.name

    results = in_threads(6, promote)
    (winner,) = [result for result in results if result != "late"]
    champion = registry.champion()
    assert champion is not None
    assert champion.name == winner
    assert history() == [("before", None, "person"), (winner, "before", "person")]


def test_promotions_at_once_come_one_after_the_other(real_database: str) -> None:
    """Without a condition all succeed, in some order, and the record is one unbroken chain."""
    waiting = [a_model(f"version-{number}") for number in range(6)]
    in_threads(6, lambda: promotion.promote(version=waiting.pop()))
    rows = list(Promotion.objects.order_by("at"))
    assert len(rows) == 6
    assert all(after.replaced == before.version for before, after in pairwise(rows))
    assert registry.champion() == rows[-1].version
    assert ModelVersion.objects.filter(state="champion").count() == 1


def test_any_moment_s_champion_can_be_named(real_database: str) -> None:
    """Before the first promotion nobody was; from each moment of change on, the new one was."""
    one, two = a_model("one"), a_model("two")
    before = timezone.now()
    promotion.promote(version=one)
    promotion.promote(version=two)
    second, first = Promotion.objects.all()
    tick = timedelta(microseconds=1)
    assert promotion.live_at(before) is None
    assert promotion.live_at(first.at) == one
    assert promotion.live_at(second.at - tick) == one
    assert promotion.live_at(second.at) == two
    assert promotion.live_at(timezone.now()) == two


def test_the_record_stays_in_order_when_clocks_differ(real_database: str) -> None:
    """A promotion by a machine whose clock is behind comes after the one before it."""
    one, two = a_model("one"), a_model("two")
    ahead = timezone.now() + timedelta(hours=1)
    ModelVersion.objects.filter(pk=one.pk).update(state="champion", promoted_at=ahead)
    Promotion.objects.create(version=one, at=ahead, trigger=TRIGGER.PERSON)
    promotion.promote(version=two)
    assert promotion.live_at(ahead) == one
    assert promotion.live_at(ahead + timedelta(microseconds=1)) == two


def test_the_record_is_never_changed(real_database: str) -> None:
    """Neither a row nor a query can rewrite or remove what was live when."""
    promotion.promote(version=a_model("one"))
    with pytest.raises(IntegrityError, match="record of what was live when"), transaction.atomic():
        Promotion.objects.update(at=timezone.now())
    with pytest.raises(TypeError, match="never deleted"):
        Promotion.objects.all().delete()
    with pytest.raises(TypeError, match="never deleted"):
        Promotion.objects.get().delete()
    with (
        pytest.raises(IntegrityError, match="never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM classifier_promotion")


def test_the_gate_s_report_is_kept_and_a_rejected_version_stays_out(real_database: str) -> None:
    """Without a reason it cannot be promoted; the error says why, for an old copy too."""
    version, old_copy = a_model("weak"), ModelVersion.objects.get()
    promotion.record_gate_report(version=version, gate=GATE, rejected=True)
    version.refresh_from_db()
    assert (version.state, version.gate) == ("rejected", GATE)
    with pytest.raises(PromotionError, match=r"rejected by the gate.*every second pair of boots"):
        promotion.promote(version=old_copy)
    assert history() == []


@pytest.mark.parametrize("rejected", [True, False])
def test_against_the_gate_it_takes_a_reason_that_is_kept(
    real_database: str, rejected: bool
) -> None:
    """Rejected, or kept as a candidate against advice: a person's reason stays with the row."""
    boss = User.objects.create_user("boss")
    version = a_model("weak")
    promotion.record_gate_report(version=version, gate=GATE, rejected=rejected)
    with pytest.raises(PromotionError, match="give a reason"):
        promotion.promote(version=version, by=boss, reason="  ")
    promotion.promote(version=version, by=boss, reason=" Boots are not sold any more. ")
    row = Promotion.objects.get()
    assert (row.trigger, row.by, row.reason) == ("override", boss, "Boots are not sold any more.")
    assert registry.champion() == version
    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.create(version=version, at=timezone.now(), trigger="override")


def test_back_in_production_a_version_needs_no_second_reason(real_database: str) -> None:
    """What was promoted against the gate once was in production, and may be again."""
    weak, other = a_model("weak"), a_model("other")
    promotion.record_gate_report(version=weak, gate=GATE, rejected=True)
    promotion.promote(version=weak, reason="Boots are not sold any more.")
    promotion.promote(version=other)
    promotion.promote(version=weak)
    assert [trigger for *_, trigger in history()] == ["override", "person", "person"]


def test_what_is_in_production_cannot_be_rejected(real_database: str) -> None:
    """The gate judges candidates; a report alone can be kept with any version."""
    version = a_model("one")
    promotion.promote(version=version)
    with pytest.raises(PromotionError, match=r"one is champion .*only a candidate"):
        promotion.record_gate_report(version=version, gate=GATE, rejected=True)
    promotion.record_gate_report(version=version, gate=GATE, rejected=False)
    version.refresh_from_db()
    assert (version.state, version.gate) == ("champion", GATE)


@pytest.fixture
def two_models(db: None, small_bundle: Path, tmp_path: Path) -> Callable[[], list[str]]:
    """Two registered bundles, ``one`` promoted before ``two``; call it for their history."""
    for name in ("one", "two"):
        promotion.promote(version=registered(small_bundle, name, tmp_path))
    return lambda: [name for name, _, _ in history()]


def test_rolling_back_leads_to_the_one_before_and_back_again(
    two_models: Callable[[], list[str]],
) -> None:
    """Done twice it is undone, and both are on record as roll backs."""
    assert promotion.rollback().name == "one"
    assert promotion.rollback().name == "two"
    assert two_models() == ["one", "two", "one", "two"]
    assert [reason for _, _, reason in history()] == ["person", "person", "rollback", "rollback"]


def test_a_roll_back_to_a_broken_bundle_leaves_the_champion(
    two_models: Callable[[], list[str]],
) -> None:
    """Better the model that works than one whose files are gone."""
    (storage.local_folder(registry.named("one")) / "bundle.json").unlink()
    with pytest.raises(BundleMissingError, match=r"no .*bundle\.json"):
        promotion.rollback()
    assert two_models() == ["one", "two"]


def test_without_a_model_before_there_is_no_way_back(
    db: None, small_bundle: Path, tmp_path: Path
) -> None:
    """Nothing at all cannot be rolled back, nor can the first champion."""
    with pytest.raises(PromotionError, match="there is no way back"):
        promotion.rollback()
    promotion.promote(version=registered(small_bundle, "one", tmp_path))
    with pytest.raises(PromotionError, match="there is no way back"):
        promotion.rollback()
