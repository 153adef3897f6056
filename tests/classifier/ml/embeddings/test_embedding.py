"""The compact embedding keeps what photos have in common."""

import torch

from classifier.ml.embeddings.embedding import embed
from classifier.ml.embeddings.similarity import DIMENSIONS
from classifier.ml.network import FEATURES


def test_cosines_of_embeddings_are_those_of_the_features() -> None:
    """Within the error of so many random directions, and whatever the scale of the features."""
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(12, FEATURES, generator=generator) ** 4
    features[6:] = features[:6] * 40 + torch.rand(6, FEATURES, generator=generator)
    embeddings = embed(features)
    assert {len(data) for data in embeddings} == {DIMENSIONS}
    rows = torch.tensor([list(memoryview(data).cast("b")) for data in embeddings]).float()
    unit, truth = (torch.nn.functional.normalize(x) for x in (rows, features))
    assert (unit @ unit.T - truth @ truth.T).abs().max() < 0.25


def test_a_network_that_sees_nothing_has_an_embedding_too() -> None:
    assert embed(torch.zeros(1, FEATURES)) == [bytes(DIMENSIONS)]
