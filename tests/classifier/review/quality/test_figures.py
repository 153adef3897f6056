"""Agreement, accuracy and the first page: the formulas, and what counts into them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from classifier.models import ListingPhoto, ModelVersion, QueueItem
from classifier.review import bulk, verdicts
from classifier.review.quality import accuracy, moderators
from classifier.review.quality.agreement import cohen_kappa, share, weighted_share
from classifier.review.suggestions import suggest
from classifier.versions import promotion
from tests.classifier.reviewing import BAD, BOOTS, FLATS, record, review, signed_in
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


def test_kappa_is_cohens() -> None:
    """The textbook's example: 50 applications, 35 times the same verdict, kappa 0.4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a")]) is None


def test_kappa_equals_scikit_learns() -> None:
    """The reference implementation gives the same."""
    metrics = pytest.importorskip("sklearn.metrics")
    pairs = [("a", "b"), ("a", "a"), ("c", "a"), ("b", "b"), ("c", "c"), ("b", "a"), ("a", "a")]
    one, other = zip(*pairs, strict=True)
    assert cohen_kappa(pairs) == pytest.approx(metrics.cohen_kappa_score(one, other))


def test_the_interval_is_wilsons() -> None:
    """Known values, also where the plain formula would give an interval of nothing."""
    interval = share(10, 10)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.7225, 1.0), abs=1e-4)
    half = share(50, 100)
    assert half is not None
    assert (half.low, half.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert share(0, 0) is None


def test_of_many_reviews_the_newest_count(
    anna: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two count of three: the first, a mistake of the model, is history."""
    monkeypatch.setattr(accuracy, "COUNTED", 2)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    for verdict in (FLATS, BOOTS, BOOTS):
        a_photo("Boots", **CONFIDENT)
        review(anna, verdict)
    estimate = accuracy.unbiased_accuracy()
    assert estimate is not None
    assert (estimate.value, estimate.of) == (1.0, 2)
    ((_, overruled),) = accuracy.override_rates()
    assert (overruled.value, overruled.of) == (0.0, 2)


def test_accuracy_is_from_the_blind_sample_alone(anna: User, settings: Settings) -> None:
    """What was confirmed with the guess in view does not flatter the model."""
    bulk.confirm(moderator=anna, photos=[a_photo("Boots", **CONFIDENT).pk for _ in range(3)])
    assert accuracy.unbiased_accuracy() is None
    settings.REVIEW_SAMPLE_SHARE = 1.0
    for verdict in (BOOTS, BOOTS, FLATS, BAD):
        a_photo("Boots", **CONFIDENT)
        review(anna, verdict)
    estimate = accuracy.unbiased_accuracy()
    assert estimate is not None
    assert (round(estimate.value, 3), estimate.of) == (0.667, 3)


def test_the_champions_accuracy_is_told_apart(anna: User, settings: Settings) -> None:
    """What an earlier model got wrong does not count against the one in production."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    review(anna, FLATS)
    champion = ModelVersion.objects.create(name="newer", weights_sha256="1" * 64, manifest={})
    promotion.promote(version=champion)
    cache.clear()
    before = signed_in(anna).get("/admin/").content.decode()
    assert "no sampled photo of newer, the model in production (“champion”)" in before
    photo = a_photo("Boots", **CONFIDENT)
    ListingPhoto.objects.filter(pk=photo.pk).update(model_version=champion)
    review(anna, BOOTS)
    assert accuracy.unbiased_accuracy(of=champion) == share(1, 1)
    assert accuracy.unbiased_accuracy() == share(1, 2)
    cache.clear()
    page = " ".join(signed_in(anna).get("/admin/").content.decode().split())
    assert '(20.7–100.0, n = 1)</p><p class="f-note">Of newer, the model in production' in page


def test_samples_of_different_probabilities_are_weighted() -> None:
    """Sampled with probability 1/10 a photo stands for ten; with one probability it is `share`."""
    assert weighted_share([(3, 4, 0.02), (5, 6, 0.02)]) == pytest.approx(share(8, 10))
    assert weighted_share([]) is weighted_share([(0, 0, 0.5)]) is None
    estimate = weighted_share([(10, 10, 0.1), (0, 100, 1.0)])  # stand for 100 right, 100 wrong
    assert estimate is not None
    assert (estimate.value, estimate.of) == (pytest.approx(0.5), 110)
    # The effective count is 200^2 / (10 * 10^2 + 100 * 1^2), about 36.
    assert estimate.high - estimate.low == pytest.approx(0.31, abs=0.01)


def test_accuracy_survives_a_change_of_the_share(anna: User, settings: Settings) -> None:
    """Days on which more was sampled do not count for more."""
    for probability, verdict, count in ((1.0, BOOTS, 1), (0.5, FLATS, 2)):
        settings.REVIEW_SAMPLE_SHARE = 1.0
        for _ in range(count):
            photo = a_photo("Boots", **CONFIDENT)
            # As if it had been sampled on a day of that share.
            QueueItem.objects.filter(photo=photo).update(sampling_share=probability)
            review(anna, verdict)
    estimate = accuracy.unbiased_accuracy()
    assert estimate is not None
    assert (estimate.value, estimate.of) == (pytest.approx(1 / 5), 3)


def test_a_sampled_photo_counts_once_however_often_it_was_reviewed(
    anna: User, settings: Settings
) -> None:
    """Undone verdicts and second reviews count for nothing; the third review's label does."""
    settings.REVIEW_SAMPLE_SHARE = settings.REVIEW_SECOND_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    again = verdicts.undo(moderator=anna, review=review(anna, FLATS).pk)
    assert again is not None
    assert accuracy.unbiased_accuracy() is None
    record(anna, again, FLATS)
    review(a_moderator("ben"), BOOTS)
    assert accuracy.unbiased_accuracy() == share(0, 1)
    review(a_moderator("cleo"), BOOTS)
    assert accuracy.unbiased_accuracy() == share(1, 1)


def test_a_bad_photo_overrules_no_tag(anna: User, settings: Settings) -> None:
    """Where nobody can tell, the model was not wrong."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    for verdict in (BOOTS, FLATS, BAD):
        a_photo("Boots", **CONFIDENT)
        review(anna, verdict)
    assert accuracy.override_rates() == [("Boots", share(1, 2))]


def test_agreement_is_by_pair_and_by_moderator(anna: User, settings: Settings) -> None:
    """Two reviews of the same photos give kappa; the third decides who was right."""
    settings.REVIEW_SECOND_SHARE = 1.0
    ben, cleo = a_moderator("ben"), a_moderator("cleo")
    for second in (BOOTS, FLATS):
        a_photo(**UNKNOWN)
        review(anna, BOOTS)
        review(ben, second)
    assert moderators.waiting_for_a_third() == 1
    review(cleo, FLATS)
    # A third review is asked for after a disagreement, so it says nothing of how far people agree.
    (pair,) = moderators.pairs()
    assert (pair.one, pair.other, pair.photos, pair.kappa) == ("anna", "ben", 2, 0.0)
    settled = {each.name: each.settled.value for each in moderators.moderators() if each.settled}
    assert settled == {"anna": 0.5, "ben": 1.0}
    page = signed_in(anna).get(reverse("admin:review_quality")).content.decode()
    assert "anna and ben" in page
    assert "How we agree" in page


def test_the_first_page_shows_the_figures(anna: User, settings: Settings) -> None:
    """Backlog, accuracy, overrides and who reviewed, drawn without any script of ours."""
    a_photo(**UNKNOWN)
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    review(anna, BOOTS)
    review(anna, FLATS)
    cache.clear()
    page = signed_in(anna).get("/admin/").content.decode()
    ours = page[page.index('aria-label="Reviews"') : page.index("</section>")]
    for words in ("Waiting for review", "0.0 % (0.0–79.3, n = 1)", "100.0 %", "anna", "<svg"):
        assert words in ours
    assert "<script" not in ours
    assert "Of all models so far; no model is in production." in ours
    looker = a_moderator("looker", rights=["view_listingphoto"])
    assert 'class="figures"' not in signed_in(looker).get("/admin/").content.decode()


def test_sellers_accept_what_they_do_not_correct(anna: User) -> None:
    """Three of four subclass tags stand; a suggestion that agrees corrects nothing."""
    cache.clear()
    month = timezone.now() - timedelta(days=30)
    assert accuracy.seller_acceptance(month) is None
    accepted, agreed, other, vague = (a_photo("Boots", **CONFIDENT) for _ in range(4))
    a_photo(**UNKNOWN)  # nothing was shown that could be accepted
    suggest(seller=accepted.listing.seller, photo=agreed, main="Shoes", sub="Boots")
    assert accuracy.seller_acceptance(month) == share(4, 4)
    suggest(seller=other.listing.seller, photo=other, main="Shoes", sub="Flats")
    assert accuracy.seller_acceptance(month) == share(3, 4)
    suggest(seller=vague.listing.seller, photo=vague, main="Shoes", sub=None)
    assert accuracy.seller_acceptance(month) == share(2, 4)
    page = signed_in(anna).get(reverse("admin:index")).content.decode()
    assert "Sellers left 50" in page
    assert accuracy.seller_acceptance(timezone.now() + timedelta(hours=1)) is None
