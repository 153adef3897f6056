"""Model versions: registered, promoted, found, mended."""

import shutil
from pathlib import Path

import pytest

from classifier.ml.manifest import BundleDamagedError
from classifier.models import ModelVersion
from classifier.versions import promotion, registry, storage
from tests.classifier.ml.test_manifest import rewrite

pytestmark = pytest.mark.django_db


def test_a_registered_bundle_lies_in_storage(small_bundle: Path, storage_folder: Path) -> None:
    """Registering copies both files, so that the folder it came from may go."""
    version = registry.register(folder=small_bundle)
    assert (version.name, version.state) == ("untrained", "candidate")
    folder = storage.local_folder(version)
    assert folder == storage_folder / "bundles" / "untrained"
    assert {path.name for path in folder.iterdir()} == {"bundle.json", "weights.safetensors"}


def test_registering_twice_is_once(small_bundle: Path) -> None:
    """The same bundle gives the same version, also when it is the champion by now."""
    first = registry.register(folder=small_bundle)
    promotion.promote(version=first)
    assert registry.register(folder=small_bundle) == first
    assert ModelVersion.objects.get().state == "champion"


def test_registering_again_mends_what_is_lost_or_damaged(small_bundle: Path) -> None:
    """Files of a known version that are gone or changed in storage are put back."""
    version = registry.register(folder=small_bundle)
    folder = storage.local_folder(version)
    (folder / "bundle.json").unlink()
    (folder / "weights.safetensors").write_bytes(b"damaged")
    registry.register(folder=small_bundle)
    storage.check_files(version)


def test_a_name_means_one_bundle(small_bundle: Path, small_copy: Path) -> None:
    """Another bundle of the same name is refused, even if only a threshold differs."""
    registry.register(folder=small_bundle)
    rewrite(small_copy, lambda d: d["thresholds"].update(novelty=0.2))
    with pytest.raises(registry.RegistryError, match=r"Names are never used twice.*bundle\.json"):
        registry.register(folder=small_copy)


def test_a_damaged_bundle_is_not_registered(small_copy: Path, storage_folder: Path) -> None:
    """A bundle is checked before anything is copied."""
    (small_copy / "weights.safetensors").write_bytes(b"damaged")
    with pytest.raises(BundleDamagedError):
        registry.register(folder=small_copy)
    assert not storage_folder.exists()
    assert not ModelVersion.objects.exists()


def registered(bundle: Path, name: str, tmp_path: Path) -> ModelVersion:
    folder = Path(shutil.copytree(bundle, tmp_path / name))
    rewrite(folder, lambda d: d.update(name=name))
    return registry.register(folder=folder)


def test_an_unknown_name_lists_the_known_ones(small_bundle: Path) -> None:
    """Asking for a version that is not there says which are."""
    registry.register(folder=small_bundle)
    with pytest.raises(registry.RegistryError, match=r"No model is registered as x.*untrained"):
        registry.named("x")


def a_child(bundle: Path, folder: Path, parent: str | None) -> Path:
    """Return a copy of a bundle that says which one it started from."""
    shutil.copytree(bundle, folder)
    rewrite(folder, lambda d: d.update(name=folder.name, parent=parent))
    return folder


def test_a_version_knows_its_parent(small_bundle: Path, tmp_path: Path) -> None:
    """The bundle's word is followed; one registered before its parent learns of it later."""
    child = a_child(small_bundle, tmp_path / "child", parent="untrained")
    assert registry.register(folder=child).parent is None
    parent = registry.register(folder=small_bundle)
    assert registry.register(folder=child).parent == parent
    second = a_child(small_bundle, tmp_path / "second", parent="untrained")
    assert registry.register(folder=second).parent == parent


def test_a_parent_can_be_given(small_bundle: Path, tmp_path: Path) -> None:
    """Where the bundle is silent the caller's word counts; where they differ it is refused."""
    parent = registry.register(folder=small_bundle)
    silent = a_child(small_bundle, tmp_path / "silent", parent=None)
    assert registry.register(folder=silent, parent=parent).parent == parent
    other = a_child(small_bundle, tmp_path / "other", parent="somebody-else")
    with pytest.raises(registry.RegistryError, match="started from somebody-else, not from untr"):
        registry.register(folder=other, parent=parent)
    assert not ModelVersion.objects.filter(name="other").exists()


def test_extras_of_a_bundle_are_kept_and_can_be_read(small_copy: Path) -> None:
    """The dataset and the report page lie beside the weights; what is not there is None."""
    (small_copy / "dataset.csv").write_text("path,main\n", encoding="utf-8")
    version = registry.register(folder=small_copy)
    dataset = storage.open_extra(version, "dataset.csv")
    assert dataset is not None
    with dataset:
        assert dataset.read() == b"path,main\n"
    assert storage.open_extra(version, "report.html") is None
    with pytest.raises(ValueError, match=r"there is no '\.\./secret'"):
        storage.open_extra(version, "../secret")

    (small_copy / "report.html").write_text("<p>Good.</p>", encoding="utf-8")
    registry.register(folder=small_copy)
    report = storage.open_extra(version, "report.html")
    assert report is not None
    with report:
        assert report.read() == b"<p>Good.</p>"
