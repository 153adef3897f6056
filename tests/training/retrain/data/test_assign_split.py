"""Splits: no product is in two, none moves, and weights represent the stream."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from classifier.models import Split
from training.data.splits.near_duplicates import SimilarPair
from training.retrain.data.assign_split import (
    Assignment,
    Base,
    Known,
    Reviewed,
    SplitPlan,
    assign,
    pairs_with_new,
)
from training.retrain.request import TEST_SHARE, VALIDATION_SHARE


def photo(number: int, listing: int | None = None, **more: float | None) -> Reviewed:
    facts = {"sampling_share": None, "represents_queue": True, **more}
    return Reviewed(f"{number:064x}", number if listing is None else listing, **facts)  # type: ignore[arg-type]  # by name


def many(count: int) -> list[Reviewed]:
    return [photo(number) for number in range(count)]


def remembered(photos: Sequence[Reviewed], plan: SplitPlan) -> dict[str, Known]:
    """Return what the database would keep."""
    return {
        one.sha256: Known(assignment.split, assignment.product)
        for one, assignment in zip(photos, plan.assignments, strict=True)
        if assignment.split is not None
    }


def test_new_products_are_shared_out_in_the_stated_shares() -> None:
    """Of thousands of products 15 % go to test and 10 % to validation, give or take chance."""
    splits = [assignment.split for assignment in assign(many(4000), [], [], {}).assignments]
    assert splits.count(Split.TEST) / 4000 == pytest.approx(TEST_SHARE, abs=0.02)
    assert splits.count(Split.VALIDATION) / 4000 == pytest.approx(VALIDATION_SHARE, abs=0.02)


def test_photos_of_one_listing_and_near_duplicates_share_a_split() -> None:
    """Whatever a listing or likeness connects, over several steps, ends in one split."""
    photos = [photo(number, listing=number // 3) for number in range(300)]
    alike = [SimilarPair(number, number + 30, 12) for number in range(0, 270, 30)]
    assignments = assign(photos, [], alike, {}).assignments
    for number in range(0, 300, 3):
        assert len({assignment.split for assignment in assignments[number : number + 3]}) == 1
    chain = {assignments[number].split for number in range(0, 300, 30)}
    assert len(chain) == 1


def test_what_was_ever_test_stays_test_however_reviews_grow() -> None:
    """Ten retrainings with growing, re-linked, re-ordered reviews: no photo changes its split."""
    rng = random.Random(0)  # noqa: S311  # no secret
    known: dict[str, Known] = {}
    first: dict[str, Split] = {}
    for round_number in range(1, 11):
        photos = [photo(number, listing=number // 4) for number in range(60 * round_number)]
        rng.shuffle(photos)
        alike = []
        for _ in range(round_number):
            a, b = sorted(rng.sample(range(len(photos)), 2))
            alike.append(SimilarPair(a, b, 30))
        plan = assign(photos, [], alike, known)
        for one, assignment in zip(photos, plan.assignments, strict=True):
            if assignment.split is not None:
                assert first.setdefault(one.sha256, assignment.split) == assignment.split
        known |= {k: v for k, v in remembered(photos, plan).items() if k not in known}
        _no_product_is_in_two_splits(photos, plan, alike)


def _no_product_is_in_two_splits(
    photos: Sequence[Reviewed], plan: SplitPlan, alike: Sequence[SimilarPair]
) -> None:
    for pair in alike:
        splits = {plan.assignments[number].split for number in (pair.first, pair.second)} - {None}
        assert len(splits) <= 1
    listings: dict[int, set[Split]] = {}
    for one, assignment in zip(photos, plan.assignments, strict=True):
        if assignment.split is not None:
            listings.setdefault(one.listing, set()).add(assignment.split)
    assert all(len(splits) == 1 for splits in listings.values())


def test_a_photo_that_looks_like_a_base_photo_joins_its_split() -> None:
    """A seller's copy of a base test photo is tested on, never trained on."""
    base = [Base("shop item 1", Split.TEST), Base("shop item 2", Split.TRAIN)]
    plan = assign([photo(1), photo(2)], base, [SimilarPair(0, 2, 10), SimilarPair(1, 3, 10)], {})
    assert [assignment.split for assignment in plan.assignments] == [Split.TEST, Split.TRAIN]
    assert plan.assignments[0].product == "shop item 1"
    assert not plan.base_left_out


def test_a_product_with_conflicting_splits_keeps_its_test_photos_and_trains_on_none() -> None:
    """A photo links a test and a training product: the trained side is left out, and counted."""
    base = [
        Base("tested", Split.TEST),
        Base("trained", Split.TRAIN),
        Base("trained", Split.TRAIN),
        Base("elsewhere", Split.TRAIN),
    ]
    plan = assign([photo(1)], base, [SimilarPair(0, 1, 10), SimilarPair(0, 2, 10)], {})
    assert plan.conflicting_splits == 1
    assert plan.base_left_out == {1, 2}  # the lookalike, and the other photo of its product
    assert plan.assignments == [Assignment(None, "tested")]


def test_reviewed_products_that_turn_out_to_be_one_leave_the_trained_one_out() -> None:
    """Two known products turn out to be one: only its test photo stays in use."""
    tested, trained, fresh = photo(1), photo(2), photo(3)
    known = {
        tested.sha256: Known(Split.TEST, "listing 1"),
        trained.sha256: Known(Split.TRAIN, "listing 2"),
    }
    plan = assign([tested, trained, fresh], [], [SimilarPair(0, 2, 5), SimilarPair(1, 2, 5)], known)
    assert [assignment.split for assignment in plan.assignments] == [Split.TEST, None, None]


def test_the_blind_sample_goes_to_test_and_counts_by_its_share() -> None:
    """Each sampled photo stands for 1 / share photos; others for 1 / the share of test."""
    photos = [photo(number, sampling_share=0.02) for number in range(50)]
    plan = assign(photos, [], [], {})
    assert {assignment.split for assignment in plan.assignments} == {Split.TEST}
    assert {assignment.weight for assignment in plan.assignments} == {1 / 0.02}
    tested = [
        assignment
        for assignment in assign(many(500), [], [], {}).assignments
        if assignment.split == Split.TEST
    ]
    assert {assignment.weight for assignment in tested} == {1 / TEST_SHARE}


def test_the_weights_add_up_to_the_stream() -> None:
    """Over a stream with photos of both kinds in one listing, the weights sum to its size."""
    rng = random.Random(1)  # noqa: S311  # no secret
    photos, stream = [], 0
    for listing in range(6000):
        for number in range(3):
            stream += 1
            if number == 0:  # not sure: always reviewed
                photos.append(photo(stream, listing))
            elif rng.random() < 0.05:  # sure: reviewed only if sampled
                photos.append(photo(stream, listing, sampling_share=0.05))
    plan = assign(photos, [], [], {})
    total = sum(
        assignment.weight for assignment in plan.assignments if assignment.split == Split.TEST
    )
    assert total == pytest.approx(stream, rel=0.05)


def test_a_photo_that_somebody_chose_says_nothing_of_the_stream() -> None:
    """What was confirmed from a list is tested on, but stands for no photo of the stream."""
    plan = assign([photo(number, represents_queue=False) for number in range(200)], [], [], {})
    assert {
        assignment.weight for assignment in plan.assignments if assignment.split == Split.TEST
    } == {0.0}


def test_a_sampled_photo_of_a_product_trained_on_is_not_tested_on() -> None:
    """The sample does not pull a product out of training; how many are lost that way is counted."""
    before, sampled = photo(1, listing=7), photo(2, listing=7, sampling_share=0.02)
    known = {before.sha256: Known(Split.TRAIN, "listing 7")}
    plan = assign([before, sampled], [], [], known)
    assert [assignment.split for assignment in plan.assignments] == [Split.TRAIN, Split.TRAIN]
    assert plan.sampled_too_late == 1


def test_near_duplicates_are_found_among_new_and_between_new_and_base() -> None:
    """Pairs of base photos alone are not asked for: those are split already."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**63, size=(6, 4), dtype=np.uint64)
    near = bits.copy()
    near[:, 0] ^= np.uint64(0b1011)
    new, base = np.stack([bits[0], near[0], bits[1]]), np.stack([near[1], bits[2], near[2]])
    pairs = {(pair.first, pair.second, pair.distance) for pair in pairs_with_new(new, base, 40)}
    assert pairs == {(0, 1, 3), (2, 3, 3)}
