"""Parts: nothing leaks, nothing moves, and the sample tells of the stream."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from classifier.models import Part
from training.data.near_duplicates import Pair
from training.retrain.data.assign_split import (
    Assignment,
    Base,
    Known,
    Place,
    Reviewed,
    assign,
    pairs_with_new,
)
from training.retrain.request import TEST_SHARE, VALIDATION_SHARE


def photo(number: int, listing: int | None = None, **more: float | None) -> Reviewed:
    facts = {"drawn": None, "by_chance": True, **more}
    return Reviewed(f"{number:064x}", number if listing is None else listing, **facts)  # type: ignore[arg-type]  # by name


def many(count: int) -> list[Reviewed]:
    return [photo(number) for number in range(count)]


def remembered(photos: Sequence[Reviewed], found: Assignment) -> dict[str, Known]:
    """Return what the database would keep."""
    return {
        one.sha256: Known(place.part, place.product)
        for one, place in zip(photos, found.places, strict=True)
        if place.part is not None
    }


def test_new_products_are_shared_out_in_the_stated_shares() -> None:
    """Of thousands of products 15 % go to test and 10 % to validation, give or take chance."""
    parts = [place.part for place in assign(many(4000), [], [], {}).places]
    assert parts.count(Part.TEST) / 4000 == pytest.approx(TEST_SHARE, abs=0.02)
    assert parts.count(Part.VALIDATION) / 4000 == pytest.approx(VALIDATION_SHARE, abs=0.02)


def test_photos_of_one_listing_and_lookalikes_share_a_part() -> None:
    """Whatever listing or look connects, over several steps, ends in one part."""
    photos = [photo(number, listing=number // 3) for number in range(300)]
    alike = [Pair(number, number + 30, 12) for number in range(0, 270, 30)]
    places = assign(photos, [], alike, {}).places
    for number in range(0, 300, 3):
        assert len({place.part for place in places[number : number + 3]}) == 1
    chain = {places[number].part for number in range(0, 300, 30)}
    assert len(chain) == 1


def test_what_was_ever_test_stays_test_however_reviews_grow() -> None:
    """Ten retrainings with growing, re-linked and re-ordered reviews: no photo changes its part."""
    chance = random.Random(0)  # noqa: S311  # no secret
    known: dict[str, Known] = {}
    first: dict[str, Part] = {}
    for round_number in range(1, 11):
        photos = [photo(number, listing=number // 4) for number in range(60 * round_number)]
        chance.shuffle(photos)
        alike = [
            Pair(*sorted(chance.sample(range(len(photos)), 2)), 30) for _ in range(round_number)
        ]
        found = assign(photos, [], alike, known)
        for one, place in zip(photos, found.places, strict=True):
            if place.part is not None:
                assert first.setdefault(one.sha256, place.part) == place.part
        known |= {k: v for k, v in remembered(photos, found).items() if k not in known}
        _nothing_straddles(photos, found, alike)


def _nothing_straddles(
    photos: Sequence[Reviewed], found: Assignment, alike: Sequence[Pair]
) -> None:
    for pair in alike:
        parts = {found.places[number].part for number in (pair.first, pair.second)} - {None}
        assert len(parts) <= 1
    listings: dict[int, set[Part]] = {}
    for one, place in zip(photos, found.places, strict=True):
        if place.part is not None:
            listings.setdefault(one.listing, set()).add(place.part)
    assert all(len(parts) == 1 for parts in listings.values())


def test_a_photo_that_looks_like_a_base_photo_joins_its_part() -> None:
    """A seller's copy of a base test photo is tested on, never trained on."""
    base = [Base("shop item 1", Part.TEST), Base("shop item 2", Part.TRAIN)]
    found = assign([photo(1), photo(2)], base, [Pair(0, 2, 10), Pair(1, 3, 10)], {})
    assert [place.part for place in found.places] == [Part.TEST, Part.TRAIN]
    assert found.places[0].product == "shop item 1"
    assert not found.base_left_out


def test_a_product_that_bridges_keeps_its_test_photos_and_trains_on_none() -> None:
    """A photo links a test and a training product: the trained side is left out, and counted."""
    base = [
        Base("tested", Part.TEST), Base("trained", Part.TRAIN), Base("trained", Part.TRAIN),
        Base("elsewhere", Part.TRAIN),
    ]  # fmt: skip
    found = assign([photo(1)], base, [Pair(0, 1, 10), Pair(0, 2, 10)], {})
    assert found.bridges == 1
    assert found.base_left_out == {1, 2}  # the lookalike, and the other photo of its product
    assert found.places == [Place(None, "tested")]


def test_a_bridge_between_reviewed_products_leaves_the_trained_one_out() -> None:
    """Two known products turn out to be one: only its test photo stays in use."""
    tested, trained, fresh = photo(1), photo(2), photo(3)
    known = {
        tested.sha256: Known(Part.TEST, "listing 1"), trained.sha256: Known(Part.TRAIN, "listing 2")
    }  # fmt: skip
    found = assign([tested, trained, fresh], [], [Pair(0, 2, 5), Pair(1, 2, 5)], known)
    assert [place.part for place in found.places] == [Part.TEST, None, None]


def test_the_blind_sample_goes_to_test_and_counts_by_its_chance() -> None:
    """Each drawn photo stands for 1 / share photos; others for 1 / the share of test."""
    photos = [photo(number, drawn=0.02) for number in range(50)]
    found = assign(photos, [], [], {})
    assert {place.part for place in found.places} == {Part.TEST}
    assert {place.weight for place in found.places} == {1 / 0.02}
    tested = [place for place in assign(many(500), [], [], {}).places if place.part == Part.TEST]
    assert {place.weight for place in tested} == {1 / TEST_SHARE}


def test_the_weights_add_up_to_the_stream() -> None:
    """Over a stream with photos of both kinds in one listing, the weights sum to its size."""
    chance = random.Random(1)  # noqa: S311  # no secret
    photos, stream = [], 0
    for listing in range(6000):
        for place in range(3):
            stream += 1
            if place == 0:  # not sure: always reviewed
                photos.append(photo(stream, listing))
            elif chance.random() < 0.05:  # sure: reviewed only if drawn
                photos.append(photo(stream, listing, drawn=0.05))
    found = assign(photos, [], [], {})
    total = sum(place.weight for place in found.places if place.part == Part.TEST)
    assert total == pytest.approx(stream, rel=0.05)


def test_a_photo_that_somebody_chose_says_nothing_of_the_stream() -> None:
    """What was confirmed from a list is tested on, but stands for no photo of the stream."""
    found = assign([photo(number, by_chance=False) for number in range(200)], [], [], {})
    assert {place.weight for place in found.places if place.part == Part.TEST} == {0.0}


def test_a_drawn_photo_of_a_product_trained_on_is_not_tested_on() -> None:
    """The sample does not pull a product out of training; how many are lost that way is counted."""
    before, drawn = photo(1, listing=7), photo(2, listing=7, drawn=0.02)
    known = {before.sha256: Known(Part.TRAIN, "listing 7")}
    found = assign([before, drawn], [], [], known)
    assert [place.part for place in found.places] == [Part.TRAIN, Part.TRAIN]
    assert found.drawn_too_late == 1


def test_lookalikes_are_found_among_new_and_between_new_and_base() -> None:
    """Pairs of base photos alone are not asked for: those are split already."""
    chance = np.random.default_rng(0)
    bits = chance.integers(0, 2**63, size=(6, 4), dtype=np.uint64)
    near = bits.copy()
    near[:, 0] ^= np.uint64(0b1011)
    new, base = np.stack([bits[0], near[0], bits[1]]), np.stack([near[1], bits[2], near[2]])
    found = {(pair.first, pair.second, pair.distance) for pair in pairs_with_new(new, base, 40)}
    assert found == {(0, 1, 3), (2, 3, 3)}
