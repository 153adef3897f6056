"""A shadow from its start to its end, without a model."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from classifier.decision import Decision, Outcome
from classifier.models import (
    ListingPhoto,
    ModelVersion,
    Promotion,
    QueueItem,
    Review,
    Shadow,
    ShadowTag,
)
from classifier.review import verdicts
from classifier.review.quality.accuracy import unbiased_accuracy
from classifier.review.queue import claims
from classifier.review.verdicts import Verdict
from classifier.shadow import decide, run
from classifier.tasks import decide_shadow
from classifier.versions import promotion, registry
from tests.classifier.candidates import a_candidate, gate_report
from tests.tagged_photos import FALLBACK, Shares, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]
FLATS = Decision(Outcome.SUBCLASS, "Shoes", "Flats", 0.9, 0.9, None)
BOOTS = Decision(Outcome.SUBCLASS, "Shoes", "Boots", 0.9, 0.9, None)


@pytest.fixture
def candidate(champion: ModelVersion) -> ModelVersion:
    return a_candidate(champion)


@pytest.fixture
def shadow(candidate: ModelVersion) -> Shadow:
    return run.start(version=candidate, share=1.0, photos_wanted=100)


def live_photos(count: int, champion: ModelVersion, **shares: float) -> list[int]:
    """Photos that the champion tagged as boots just now."""
    given: Shares = {"main": 0.98, "share": 0.95, **shares}  # type: ignore[typeddict-item]  # its keys
    numbers = [a_photo("Boots", **given).pk for _ in range(count)]
    ListingPhoto.objects.filter(pk__in=numbers).update(model_version=champion)
    return numbers


def tag_all(made: Decision) -> None:
    while (taken := run.take(limit=8)) is not None:
        shadow, photos = taken
        run.store(shadow, {photo.pk: made for photo in photos})


def settle(moderator: User, sub: str, **others: str) -> None:
    """Settle what waits as a subclass of shoes; ``others`` by the number of the photo, as p7."""
    while (item := claims.claim_next(moderator=moderator)) is not None:
        assert item.claim is not None
        label = others.get(f"p{item.photo_id}", sub)
        verdict = Verdict(Review.Verdict.SUBCLASS, "Shoes", label)
        verdicts.record_verdict(
            moderator=moderator, item=item.pk, claim=item.claim, verdict=verdict, seconds=1
        )


def test_it_tags_the_stated_share_of_what_comes_after_its_start(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    """A quarter of 200 photos, whatever they show; none that was there before, none twice."""
    before = live_photos(4, champion)
    ListingPhoto.objects.update(classified_at=timezone.now() - timedelta(minutes=1))
    run.start(version=candidate, share=0.25, photos_wanted=100)
    live_photos(200, champion)
    tag_all(BOOTS)
    assert 45 <= ShadowTag.objects.count() <= 55
    assert not ShadowTag.objects.filter(photo__in=before).exists()
    assert run.take(limit=8) is None


def test_what_sellers_and_moderators_see_stays_the_champions(
    champion: ModelVersion, shadow: Shadow
) -> None:
    """No row of a photo changes by a candidate that says something else."""
    numbers = live_photos(3, champion)
    rows = list(ListingPhoto.objects.filter(pk__in=numbers).values())
    tag_all(FLATS)
    assert list(ListingPhoto.objects.filter(pk__in=numbers).values()) == rows


def test_photos_on_which_both_differ_go_to_the_blind_sample(
    champion: ModelVersion, shadow: Shadow
) -> None:
    """For certain, so each stands for itself; agreement puts no photo into the queue."""
    (alike,), (differs,), (unsure,) = (
        live_photos(1, champion), live_photos(1, champion), live_photos(1, champion, **FALLBACK),
    )  # fmt: skip
    taken = run.take(limit=8)
    assert taken is not None
    run.store(taken[0], {alike: BOOTS, differs: FLATS, unsure: BOOTS})
    items = QueueItem.objects.values_list("photo", "sampled", "sampling_share", "blind", "rank")
    assert set(items) == {(differs, True, 1.0, True, 0), (unsure, False, None, True, 0)}


def test_the_accuracy_stays_unbiased(
    champion: ModelVersion, shadow: Shadow, settings: Settings
) -> None:
    """One photo drawn with 5 % stands for twenty beside one that is there since both differ."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    (drawn,) = live_photos(1, champion)
    QueueItem.objects.filter(photo=drawn).update(sampling_share=0.05)
    settings.REVIEW_SAMPLE_SHARE = 0.0
    (differs,) = live_photos(1, champion)
    taken = run.take(limit=8)
    assert taken is not None
    run.store(taken[0], {drawn: BOOTS, differs: FLATS})
    settle(a_moderator(), "Boots", **{f"p{differs}": "Flats"})
    accuracy = unbiased_accuracy(of=champion)
    assert accuracy is not None
    assert accuracy.value == pytest.approx(20 / 21)


def test_a_photo_is_handed_out_once(champion: ModelVersion, shadow: Shadow) -> None:
    """What its worker never brought back is left out, and too many of them end the shadow."""
    live_photos(25, champion)
    while run.take(limit=8) is not None:
        pass
    run.give_up_if_failing(shadow)
    shadow.refresh_from_db()
    assert shadow.state == Shadow.State.FAILED
    assert "25 photos could not be scored" in shadow.message
    assert registry.champion() == champion


def test_a_candidate_that_ends_its_worker_is_given_up(
    champion: ModelVersion, shadow: Shadow
) -> None:
    """Loaded three times without a photo tagged: a fourth worker does not try."""
    assert [run.loading(shadow) for _ in range(4)] == [True, True, True, False]
    shadow.refresh_from_db()
    assert shadow.state == Shadow.State.FAILED


def test_another_champion_ends_it(champion: ModelVersion, shadow: Shadow) -> None:
    """Nobody compared the candidate with that one."""
    other = a_candidate(champion, "other")
    live_photos(1, champion)
    promotion.promote(version=other)
    assert run.take(limit=8) is None
    shadow.refresh_from_db()
    assert (shadow.state, shadow.message) == (
        "called_off", "other became the champion meanwhile.",
    )  # fmt: skip


@pytest.mark.parametrize(("share", "wanted"), [(0.0, 100), (1.5, 100), (0.5, 99), (0.5, 10**7)])
def test_numbers_have_bounds(candidate: ModelVersion, share: float, wanted: int) -> None:
    """The sentence says which."""
    with pytest.raises(run.ShadowError, match="at most 100 % of the photos, and 100 to 1,000,000"):
        run.start(version=candidate, share=share, photos_wanted=wanted)


def test_one_runs_at_a_time_and_only_of_what_may_be_promoted(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    """Not of the champion, nor of what the gate rejected."""
    rejected = a_candidate(
        champion, "worse", state="rejected", gate=gate_report(champion.name, "worse")
    )
    with pytest.raises(run.ShadowError, match="untrained is in production"):
        run.start(version=champion, share=0.5, photos_wanted=100)
    with pytest.raises(run.ShadowError, match="worse was rejected by the gate"):
        run.start(version=rejected, share=0.5, photos_wanted=100)
    run.start(version=candidate, share=0.5, photos_wanted=100)
    with pytest.raises(run.ShadowError, match="runs already"):
        run.start(version=a_candidate(champion, "another"), share=0.5, photos_wanted=100)


@pytest.mark.parametrize(("truth", "promoted"), [("Flats", True), ("Boots", False)])
def test_the_rule_ends_it_when_enough_is_known(
    champion: ModelVersion, shadow: Shadow, truth: str, promoted: bool
) -> None:
    """Not before all photos are compared, nor before those that differ are reviewed."""
    live_photos(70, champion)
    tag_all(BOOTS)
    live_photos(29, champion)
    tag_all(FLATS)
    settle(a_moderator("anna"), truth)
    assert decide.decide_if_complete() is None, "one photo is missing"
    live_photos(1, champion)
    tag_all(FLATS)
    # 29 of 30 are reviewed: more than 95 of 100.
    decide_shadow()
    shadow.refresh_from_db()
    assert shadow.state == ("promoted" if promoted else "dropped"), shadow.message
    assert "1,000 photos cost 3,000 reviews" in shadow.message
    assert (registry.champion() == shadow.version) is promoted
    assert Promotion.objects.filter(trigger="shadow").exists() is promoted
