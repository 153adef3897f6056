"""Photos in groups that look alike."""

import random

import pytest

from classifier.ml.embeddings.similarity import DIMENSIONS, group_alike


def near(*centre: int, rng: random.Random) -> bytes:
    """An embedding close to the directions named."""
    values = [rng.randint(-2, 2) for _ in range(DIMENSIONS)]
    for direction in centre:
        values[direction] += 100
    return bytes(value % 256 for value in values)


def test_photos_that_look_alike_come_together_the_largest_group_first() -> None:
    """Three kinds that share one direction, as photos of one class do, and one like no other."""
    rng = random.Random(1)  # noqa: S311  # no secret
    kinds = {1: 5, 2: 3, 3: 2, 4: 1}
    embeddings = {
        kind * 10 + n: near(0, kind, rng=rng) for kind, count in kinds.items() for n in range(count)
    }
    groups = group_alike(embeddings)
    assert [{photo // 10 for photo in group} for group in groups] == [{1}, {2}, {3}, {4}]
    assert [len(group) for group in groups] == [5, 3, 2, 1]


def test_every_photo_is_in_one_group_whatever_the_embeddings() -> None:
    """Also of one photo, of two, of the same one twice, and where a network saw nothing."""
    nothing = bytes(DIMENSIONS)
    for embeddings in ({}, {1: nothing}, {1: nothing, 2: near(1, rng=random.Random(2))}):  # noqa: S311  # no secret
        assert sorted(p for group in group_alike(embeddings) for p in group) == sorted(embeddings)
    same = near(7, rng=random.Random(3))  # noqa: S311  # no secret
    assert group_alike({1: same, 2: same}) == [[1, 2]]
    # Less their mean they have nothing in common, and yet they are one kind.
    rng = random.Random(4)  # noqa: S311  # no secret
    assert len(group_alike({n: near(1, rng=rng) for n in range(9)})) == 1


def test_an_embedding_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 128 bytes; this one has 3"):
        group_alike({1: b"abc"})
