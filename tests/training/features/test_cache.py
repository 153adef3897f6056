"""Features on disk are those the network would compute, computed once."""

from pathlib import Path

import numpy as np
import pytest
import torch

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import StridePlacement, with_imagenet_backbone
from classifier.ml.preprocessing import UnreadablePhotoError, normalise, to_tensor
from tests.training.patterns import replace_unnoticed, save_pattern
from training.data.augment import ListingAugmentation
from training.data.content_hashes import content_hashes
from training.data.folder import PhotosError, Sample, read_photos
from training.engine.stages import TrainFrom, frozen_part
from training.features import partial_cache
from training.features.cache import FeatureCacheBuilder, Views
from training.runtime import progress

PREPROCESSING = Preprocessing(size=64, resize=72, fit="pad")


@pytest.fixture
def builder(backbone_file: Path, tmp_path: Path) -> FeatureCacheBuilder:
    """A builder of pooled features in an empty folder."""
    network = with_imagenet_backbone(backbone_file, StridePlacement.V1)
    frozen = frozen_part(network, TrainFrom.HEADS)
    return FeatureCacheBuilder(frozen, PREPROCESSING, tmp_path / "cache", {"backbone": "test"})


def test_the_first_view_is_the_photo_as_it_is_evaluated(
    builder: FeatureCacheBuilder, drawn_photos: Path, backbone_file: Path
) -> None:
    """View 0 holds what the evaluation transform and the backbone give, to half precision."""
    samples = read_photos(drawn_photos)[:5]
    views = Views(ListingAugmentation(PREPROCESSING), "listing", count=2)
    cached = builder.build(samples, "few", views).read(np.arange(5), np.zeros(5, dtype=int))
    network = with_imagenet_backbone(backbone_file, StridePlacement.V1).eval()
    photos = torch.stack([to_tensor(s.path.read_bytes(), PREPROCESSING) for s in samples])
    with torch.inference_mode():
        expected = network.backbone(normalise(photos, PREPROCESSING))
    assert torch.allclose(cached, expected, atol=5e-3, rtol=5e-3)


def test_a_second_build_reads_what_is_there(
    builder: FeatureCacheBuilder, drawn_photos: Path, tmp_path: Path
) -> None:
    """The same photos again cost nothing: the file on disk is not written again."""
    samples = read_photos(drawn_photos)[:3]
    builder.build(samples, "few")
    (file,) = (tmp_path / "cache").iterdir()
    before = file.stat().st_mtime_ns
    builder.build(samples, "few")
    assert [file] == list((tmp_path / "cache").iterdir())
    assert file.stat().st_mtime_ns == before


def test_augmented_views_differ_and_repeat_with_their_seed(
    builder: FeatureCacheBuilder, drawn_photos: Path, tmp_path: Path
) -> None:
    """Views of one photo differ from each other; the same seed gives the same views again."""
    samples = read_photos(drawn_photos)[:2]
    views = Views(ListingAugmentation(PREPROCESSING), "listing", count=3)
    first = builder.build(samples, "few", views)
    values = [first.read(np.array([0]), np.array([view])) for view in range(3)]
    assert not torch.allclose(values[0], values[1])
    assert not torch.allclose(values[1], values[2])
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    again = builder.build(samples, "few", views).read(np.array([0]), np.array([1]))
    assert again.equal(values[1])


def test_a_damaged_photo_stops_the_build_and_leaves_no_cache(
    builder: FeatureCacheBuilder, tmp_path: Path
) -> None:
    """A photo that cannot be decoded is an error; no cache is left that would look complete."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8 this is not a photo")
    with pytest.raises(UnreadablePhotoError):
        builder.build([Sample(broken, None, None, "x")], "broken")
    assert not [f for f in (tmp_path / "cache").iterdir() if ".partial" not in f.name]


def test_no_photos_is_an_error(builder: FeatureCacheBuilder) -> None:
    """An empty list of photos is refused in words."""
    with pytest.raises(PhotosError, match="There are no validation photos"):
        builder.build([], "validation")


def test_a_photo_replaced_in_place_is_computed_anew(
    builder: FeatureCacheBuilder, tmp_path: Path
) -> None:
    """Another photo under the same path, with the same size and time, has its own features."""
    photos = [save_pattern(tmp_path / f"{seed}.jpg", seed=seed) for seed in (1, 2)]
    other, path = sorted(photos, key=lambda photo: photo.stat().st_size)
    sample, first = Sample(path, None, None, "x"), np.array([0])
    before = builder.build([sample], "photo").read(first, first)
    replace_unnoticed(path, other)
    after = builder.build([sample], "photo").read(first, first)
    expected = builder.build([Sample(other, None, None, "x")], "photo").read(first, first)
    assert not torch.allclose(after, before, atol=1e-2)
    assert torch.allclose(after, expected, atol=1e-3)


def test_a_photo_changed_after_it_was_hashed_is_refused(
    builder: FeatureCacheBuilder, tmp_path: Path
) -> None:
    """Features never lie under the hash of another photo than they were computed from."""
    path = save_pattern(tmp_path / "photo.jpg", seed=1)
    hashed = content_hashes([path])
    save_pattern(path, seed=2)
    with pytest.raises(UnreadablePhotoError, match=r"photo\.jpg: The file was changed"):
        builder.build([Sample(path, None, None, "x")], "photo", sha256_of=hashed)
    assert not list((tmp_path / "cache").glob("*.npy"))


class StoppedError(Exception):
    """Stands for whatever ends a build early."""


def test_a_build_that_was_stopped_goes_on_where_it_stopped(
    builder: FeatureCacheBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views that were computed before a stop are not computed again."""
    monkeypatch.setattr(partial_cache, "SECONDS_BETWEEN_SAVES", 0.0)
    monkeypatch.setattr(partial_cache, "PASS", 2)  # a photo of two views at a time
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_CALLS", 0.0)
    paths = [save_pattern(tmp_path / f"{i}.jpg", seed=i) for i in range(4)]
    samples = [Sample(path, None, None, path.name) for path in paths]
    views = Views(ListingAugmentation(PREPROCESSING), "listing", count=2)

    def stop(_title: str, done: int, _total: int, _left: float | None) -> None:
        if done == 4:
            raise StoppedError

    with pytest.raises(StoppedError), progress.listening(stop):
        builder.build(samples, "few", views)
    seen: list[int] = []
    with progress.listening(lambda _title, done, _total, _left: seen.append(done)):
        went_on = builder.build(samples, "few", views)
    assert seen[0] == 4
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    at_once = builder.build(samples, "few", views)
    rows, second = np.arange(4), np.ones(4, dtype=int)
    assert went_on.read(rows, second).equal(at_once.read(rows, second))
