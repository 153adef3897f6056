"""How alike photos look: a compact embedding of each, and groups by cosine similarity. Pure.

An embedding is the network's pooled features, projected to `DIMENSIONS` random directions and
rounded to bytes. Random projections keep angles (Johnson and Lindenstrauss, 1984): cosines are off
by about one over the square root of `DIMENSIONS`. Embeddings of two networks have nothing in
common.
"""

import math
from collections.abc import Mapping
from operator import mul
from typing import Final

DIMENSIONS: Final = 128
# From here on two photos look alike. Chosen by looking: of 96 boots in shop photos it makes ten
# groups of four and more, and leaves one in six alone.
ALIKE: Final = 0.35
# Nearly the same photo, whatever the others are.
NEARLY_SAME: Final = 0.96

Vector = tuple[float, ...]


def group_alike(embeddings: Mapping[int, bytes], *, at_least: float = ALIKE) -> list[list[int]]:
    """Return photos in groups that look alike, the largest group first, its centre first.

    Butina's clustering (1999): the photo with the most neighbours becomes a centre and takes them,
    and so on. The mean of all is taken off before, since photos of one class share most of what
    they show; nearly the same photos are neighbours anyhow. Who has none is a group of one.

    Args:
        embeddings: by photo, `DIMENSIONS` signed bytes each, all of one network.
        at_least: the cosine similarity of neighbours, less the mean, -1 to 1.

    Raises:
        ValueError: if an embedding has another length.
    """
    vectors = {photo: _unit(_numbers(data)) for photo, data in embeddings.items()}
    neighbours = _neighbours(vectors, NEARLY_SAME)
    for photo, others in _neighbours(_centred(vectors), at_least).items():
        neighbours[photo] |= others
    groups: list[list[int]] = []
    left = dict.fromkeys(embeddings)
    while left:
        centre = max(left, key=lambda photo: sum(other in left for other in neighbours[photo]))
        near = neighbours[centre]
        members = [centre, *sorted((p for p in near if p in left), key=lambda p: -near[p])]
        groups.append(members)
        for photo in members:
            del left[photo]
    return groups


def _numbers(data: bytes) -> Vector:
    if len(data) != DIMENSIONS:
        raise ValueError(f"An embedding has {DIMENSIONS} bytes; this one has {len(data)}.")
    return tuple(memoryview(data).cast("b"))


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(map(mul, vector, vector)))
    return tuple(value / length for value in vector) if length else vector


def _centred(vectors: Mapping[int, Vector]) -> dict[int, Vector]:
    if not vectors:
        return {}
    mean = [sum(column) / len(vectors) for column in zip(*vectors.values(), strict=True)]
    return {
        photo: _unit(tuple(a - b for a, b in zip(vector, mean, strict=True)))
        for photo, vector in vectors.items()
    }


def _neighbours(vectors: Mapping[int, Vector], at_least: float) -> dict[int, dict[int, float]]:
    similar: dict[int, dict[int, float]] = {photo: {} for photo in vectors}
    photos = list(vectors)
    for index, one in enumerate(photos):
        for other in photos[index + 1 :]:
            cosine = sum(map(mul, vectors[one], vectors[other]))
            if cosine >= at_least:
                similar[one][other] = similar[other][one] = cosine
    return similar
