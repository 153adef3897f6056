"""A candidate tags photos in a worker, beside the champion and behind every fresh photo."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.models import ListingPhoto, ModelVersion, Shadow, ShadowTag
from classifier.shadow import run
from classifier.tagging import queue
from classifier.versions import registry, storage
from classifier.worker.loops import shadow as worker
from classifier.worker.loops import tag
from tests.manifests import a_manifest
from tests.pictures import jpeg
from tests.rows import a_listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    """No candidate of another test is in memory."""
    worker.loaded.clear()


@pytest.fixture
def candidate(
    champion: ModelVersion, untrained_network: HierarchicalResNet, tmp_path: Path
) -> ModelVersion:
    small = Preprocessing(size=64, resize=64)
    manifest = a_manifest(name="candidate", preprocessing=small)
    save_bundle(untrained_network, manifest, tmp_path / "candidate")
    return registry.register(folder=tmp_path / "candidate")


def upload(count: int) -> list[ListingPhoto]:
    listing = a_listing()
    photos = []
    for number in range(count):
        photo = ListingPhoto(listing=listing, width=64, height=64, sha256=f"{number:064}")
        photo.image.save(f"{number}.jpg", ContentFile(jpeg(64, 64)), save=False)
        photo.save()
        photos.append(photo)
    return photos


@pytest.fixture
def shadow(candidate: ModelVersion) -> Shadow:
    return run.start(version=candidate, share=1.0, photos_wanted=100)


def test_it_compares_what_the_champion_has_tagged(shadow: Shadow) -> None:
    """The same weights say the same of each photo; nothing reaches the queue by that."""
    upload(6)
    assert tag.drain() == 6
    assert worker.work() == 6
    tags = ShadowTag.objects.all()
    assert [one.differs for one in tags] == [False] * 6
    assert {one.photo.outcome for one in tags} == {one.outcome for one in tags}
    shadow.refresh_from_db()
    assert shadow.loads == 0
    assert worker.work() == 0


def test_it_stands_back_for_fresh_photos(shadow: Shadow, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is pending nothing is tagged silently, and the model is not even loaded."""
    upload(2)
    tag.drain()
    upload(1)
    waits: list[float] = []

    def stop_after_three(*, within: float = 0.0) -> bool:
        if within:
            waits.append(within)
        return len(waits) >= 3

    monkeypatch.setattr(tag, "is_stopping", stop_after_three)
    assert worker.work() == 0
    assert queue.claimable().count() == 1
    assert not worker.loaded
    assert not ShadowTag.objects.exists()


def test_a_damaged_candidate_ends_its_shadow_and_nothing_else(
    shadow: Shadow, champion: ModelVersion
) -> None:
    """The champion goes on; the page says what was wrong."""
    upload(2)
    tag.drain()
    weights = storage.local_folder(shadow.version) / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert worker.work() == 0
    shadow.refresh_from_db()
    assert shadow.state == Shadow.State.FAILED
    assert "could not load it" in shadow.message
    upload(2)
    assert tag.drain() == 2
    assert registry.champion() == champion


def test_a_photo_that_is_gone_is_left_out(shadow: Shadow) -> None:
    """The others are compared, and it is not tried for ever."""
    photos = upload(3)
    tag.drain()
    Path(photos[0].image.path).unlink()
    assert worker.work() == 2
    assert ShadowTag.objects.get(photo=photos[0]).outcome is None
    assert worker.work() == 0


def test_the_candidate_leaves_memory_with_the_end(shadow: Shadow, boss: object) -> None:
    """What was called off needs no place beside the champion."""
    upload(1)
    tag.drain()
    worker.work()
    assert worker.loaded
    run.end(shadow, Shadow.State.CALLED_OFF, "Called off.")
    worker.work()
    assert not worker.loaded
