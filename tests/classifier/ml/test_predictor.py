"""Photos in, scores out."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from classifier.decision import Scores
from classifier.ml.bundle import load_bundle
from classifier.ml.predictor import Predictor
from classifier.ml.preprocessing import UnreadablePhotoError, normalise
from tests import pictures


@pytest.fixture(scope="module")
def predictor(untrained_bundle: Path) -> Predictor:
    return Predictor(load_bundle(untrained_bundle), torch.device("cpu"))


@pytest.fixture(scope="module")
def photos(predictor: Predictor) -> list[torch.Tensor]:
    return [predictor.prepare(pictures.jpeg(200 + 13 * n, 150)) for n in range(20)]


def assert_same(ones: list[Scores], others: list[Scores]) -> None:
    assert len(ones) == len(others)
    for one, other in zip(ones, others, strict=True):
        assert one.main == pytest.approx(other.main, abs=1e-4)
        assert one.sub == pytest.approx(other.sub, abs=1e-4)
        assert one.novelty == pytest.approx(other.novelty, abs=1e-4)


def test_a_photo_scores_the_same_alone_and_in_a_batch(
    predictor: Predictor, photos: list[torch.Tensor]
) -> None:
    """Company does not change a photo's scores, also across the borders of passes."""
    together = predictor.predict(photos)
    alone = [predictor.predict([photo])[0] for photo in photos]
    assert_same(together, alone)


def test_many_threads_share_one_predictor(predictor: Predictor, photos: list[torch.Tensor]) -> None:
    """Eight threads that decode and predict at once get what one would get."""
    expected = predictor.predict(photos[:4])
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: predictor.predict(photos[:4]), range(16)))
        decoded = list(threads.map(lambda _: predictor.prepare(pictures.jpeg(200, 150)), range(32)))
    for result in results:
        assert_same(result, expected)
    assert all(torch.equal(tensor, photos[0]) for tensor in decoded)


def test_probabilities_are_shares(predictor: Predictor, photos: list[torch.Tensor]) -> None:
    """Each head's probabilities add up to one."""
    for scores in predictor.predict(photos[:3]):
        assert sum(scores.main.values()) == pytest.approx(1, abs=1e-5)
        assert sum(scores.sub.values()) == pytest.approx(1, abs=1e-5)


def test_no_photos_give_no_scores(predictor: Predictor) -> None:
    """An empty batch is no mistake."""
    assert predictor.predict([]) == []


def test_folding_batch_norms_does_not_change_the_scores(
    untrained_bundle: Path, predictor: Predictor, photos: list[torch.Tensor]
) -> None:
    """The fast backbone says what the network as it was trained says."""
    bundle = load_bundle(untrained_bundle)
    with torch.inference_mode():
        batch = normalise(torch.stack(photos[:4]), bundle.manifest.preprocessing)
        plain = torch.softmax(bundle.network(batch).sub, dim=1)
    fast = torch.tensor([list(scores.sub.values()) for scores in predictor.predict(photos[:4])])
    torch.testing.assert_close(fast, plain, atol=1e-4, rtol=1e-3)


def test_a_damaged_photo_is_refused_before_it_reaches_the_network(predictor: Predictor) -> None:
    """`prepare` raises for bytes that are no photo."""
    with pytest.raises(UnreadablePhotoError):
        predictor.prepare(b"no photo")
