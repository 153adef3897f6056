"""Model versions: registered, promoted, found, mended."""

import shutil
from pathlib import Path

import pytest

from classifier import bundle_files, promotion, registry
from classifier.ml.manifest import BundleDamagedError
from classifier.models import ModelVersion
from tests.classifier.test_manifest import rewrite

pytestmark = pytest.mark.django_db


def test_a_registered_bundle_lies_in_storage(untrained_bundle: Path, storage_folder: Path) -> None:
    """Registering copies both files, so that the folder it came from may go."""
    version = registry.register(folder=untrained_bundle)
    assert (version.name, version.state) == ("untrained", "candidate")
    folder = bundle_files.local_folder(version)
    assert folder == storage_folder / "bundles" / "untrained"
    assert {path.name for path in folder.iterdir()} == {"bundle.json", "weights.safetensors"}


def test_registering_twice_is_once(untrained_bundle: Path) -> None:
    """The same bundle gives the same version, also when it is the champion by now."""
    first = registry.register(folder=untrained_bundle)
    promotion.promote(version=first)
    assert registry.register(folder=untrained_bundle) == first
    assert ModelVersion.objects.get().state == "champion"


def test_registering_again_mends_what_is_lost_or_damaged(untrained_bundle: Path) -> None:
    """Files of a known version that are gone or changed in storage are put back."""
    version = registry.register(folder=untrained_bundle)
    folder = bundle_files.local_folder(version)
    (folder / "bundle.json").unlink()
    (folder / "weights.safetensors").write_bytes(b"damaged")
    registry.register(folder=untrained_bundle)
    bundle_files.check_files(version)


def test_a_name_means_one_bundle(untrained_bundle: Path, bundle_copy: Path) -> None:
    """Another bundle of the same name is refused, even if only a threshold differs."""
    registry.register(folder=untrained_bundle)
    rewrite(bundle_copy, lambda d: d["thresholds"].update(novelty=0.2))
    with pytest.raises(registry.RegistryError, match=r"Names are never used twice.*bundle\.json"):
        registry.register(folder=bundle_copy)


def test_a_damaged_bundle_is_not_registered(bundle_copy: Path, storage_folder: Path) -> None:
    """A bundle is checked before anything is copied."""
    (bundle_copy / "weights.safetensors").write_bytes(b"damaged")
    with pytest.raises(BundleDamagedError):
        registry.register(folder=bundle_copy)
    assert not storage_folder.exists()
    assert not ModelVersion.objects.exists()


def registered(bundle: Path, name: str, tmp_path: Path) -> ModelVersion:
    folder = Path(shutil.copytree(bundle, tmp_path / name))
    rewrite(folder, lambda d: d.update(name=name))
    return registry.register(folder=folder)


def test_promotion_retires_the_champion_before(untrained_bundle: Path, tmp_path: Path) -> None:
    """There is one champion at any time, and one step leads back to the one before."""
    one, two = (registered(untrained_bundle, name, tmp_path) for name in ("one", "two"))
    promotion.promote(version=one)
    promotion.promote(version=two)
    assert registry.champion() == two
    assert ModelVersion.objects.get(name="one").state == "retired"
    assert promotion.rollback() == one
    assert registry.champion() == one


def test_what_the_gate_rejected_stays_out(untrained_bundle: Path) -> None:
    """A rejected version is not promoted, also through an old copy of its row."""
    version = registry.register(folder=untrained_bundle)
    ModelVersion.objects.update(state="rejected")
    with pytest.raises(registry.RegistryError, match="rejected by the gate"):
        promotion.promote(version=version)


def test_an_unknown_name_lists_the_known_ones(untrained_bundle: Path) -> None:
    """Asking for a version that is not there says which are, and that there is no way back."""
    registry.register(folder=untrained_bundle)
    with pytest.raises(registry.RegistryError, match=r"No model is registered as x.*untrained"):
        registry.named("x")
    with pytest.raises(registry.RegistryError, match="no way back"):
        promotion.rollback()
