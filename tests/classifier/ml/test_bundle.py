"""A model on disk: saved, loaded, and refused when it is not what was saved."""

import copy
import dataclasses
from pathlib import Path

import pytest
import torch

from classifier.ml.bundle import load_bundle, save_bundle, save_with_weights_of
from classifier.ml.manifest import (
    DATASET_NAME,
    WEIGHTS_NAME,
    BundleDamagedError,
    BundleMissingError,
    read_manifest,
    sha256_of,
)
from classifier.ml.network import HeadLayout, HierarchicalResNet
from tests.classifier.ml.test_manifest import rewrite
from tests.manifests import a_manifest


def test_a_loaded_network_scores_as_the_saved_one(
    untrained_network: HierarchicalResNet, untrained_bundle: Path
) -> None:
    """After saving and loading, the same photo gets the same outputs up to half precision."""
    loaded = load_bundle(untrained_bundle)
    photo = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        for before, after in zip(untrained_network(photo), loaded.network(photo), strict=True):
            torch.testing.assert_close(before, after, atol=0.02, rtol=0.02)
    assert not loaded.network.training
    assert loaded.manifest.stride_placement == "v1.5"


def test_joint_heads_come_back_as_such(tmp_path: Path) -> None:
    """A bundle says how its heads are laid out, and loads with the same outputs."""
    network = HierarchicalResNet(head_layout=HeadLayout.JOINT).eval()
    saved = save_bundle(network, a_manifest(), tmp_path / "joint")
    assert saved.head_layout == "joint"
    photo = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        again = load_bundle(tmp_path / "joint").network(photo)
        for before, after in zip(network(photo), again, strict=True):
            torch.testing.assert_close(before, after, atol=0.02, rtol=0.02)


def test_a_bundle_of_format_1_loads_as_before(bundle_copy: Path) -> None:
    """It names no layout of the heads: they are separate, and the scores are those it had."""
    photo = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        now = load_bundle(bundle_copy).network(photo)
        rewrite(bundle_copy, lambda d: d.update(format_version=1))
        rewrite(bundle_copy, lambda d: d.pop("head_layout") and None)
        old = load_bundle(bundle_copy)
        assert old.manifest.head_layout == "separate"
        for before, after in zip(now, old.network(photo), strict=True):
            torch.testing.assert_close(before, after, atol=0, rtol=0)


def test_it_is_small_enough_to_ship(untrained_bundle: Path) -> None:
    """Half precision keeps the weights below 50 MB."""
    assert (untrained_bundle / "weights.safetensors").stat().st_size < 50 * 10**6


def test_a_bundle_is_never_overwritten(
    untrained_network: HierarchicalResNet, untrained_bundle: Path
) -> None:
    """Saving to a folder that exists is refused, and the folder stays as it is."""
    before = read_manifest(untrained_bundle)
    with pytest.raises(FileExistsError, match="never overwritten"):
        save_bundle(untrained_network, a_manifest(), untrained_bundle)
    assert read_manifest(untrained_bundle) == before


def test_weights_that_half_precision_cannot_hold_are_not_saved(
    untrained_network: HierarchicalResNet, tmp_path: Path
) -> None:
    """A weight that would become infinite on disk is refused, and no half bundle is left."""
    network = copy.deepcopy(untrained_network)
    network.main_head.weight.data[0, 0] = 1e6
    with pytest.raises(ValueError, match=r"main_head.weight .* not finite"):
        save_bundle(network, a_manifest(), tmp_path / "bundle")
    assert list(tmp_path.iterdir()) == []


def test_a_flipped_byte_is_noticed(bundle_copy: Path) -> None:
    """One changed byte among 47 million is found by the hash, and the file is named."""
    weights = bundle_copy / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(BundleDamagedError, match=f"{weights} is damaged.*Restore the weights"):
        load_bundle(bundle_copy)


def test_a_cut_file_is_noticed(bundle_copy: Path) -> None:
    """A copy that broke off is damaged, as is an empty file."""
    weights = bundle_copy / "weights.safetensors"
    for size in (weights.stat().st_size - 1, 0):
        with weights.open("r+b") as file:
            file.truncate(size)
        with pytest.raises(BundleDamagedError, match="is damaged"):
            load_bundle(bundle_copy)


def test_missing_weights_are_named(bundle_copy: Path) -> None:
    """Without the weights the error says which file to restore."""
    (bundle_copy / "weights.safetensors").unlink()
    with pytest.raises(BundleMissingError, match=r"no .*weights\.safetensors.*register_model"):
        load_bundle(bundle_copy)


def test_weights_of_another_network_are_refused(bundle_copy: Path) -> None:
    """A file with the right hash that holds something else gets a sentence, not a traceback."""
    weights = bundle_copy / "weights.safetensors"
    weights.write_bytes(b"not a tensor in sight")
    rewrite(bundle_copy, lambda d: d.update(weights_sha256=sha256_of(weights)))
    with pytest.raises(BundleDamagedError, match="does not hold the weights of this network"):
        load_bundle(bundle_copy)


def test_an_unknown_stride_placement_is_refused(bundle_copy: Path) -> None:
    """A network that this program cannot build is reported, not guessed."""
    rewrite(bundle_copy, lambda d: d.update(stride_placement="v9"))
    with pytest.raises(BundleDamagedError, match="v9"):
        load_bundle(bundle_copy)


def test_extras_are_saved_with_the_bundle(
    untrained_network: HierarchicalResNet, tmp_path: Path
) -> None:
    """The dataset lies beside the weights; a name that nobody reads is refused."""
    folder = tmp_path / "whole"
    save_bundle(untrained_network, a_manifest(), folder, extras={"dataset.csv": b"path,main"})
    assert (folder / "dataset.csv").read_bytes() == b"path,main"
    with pytest.raises(ValueError, match=r"there is no \['notes\.txt'\]"):
        save_bundle(untrained_network, a_manifest(), tmp_path / "b", extras={"notes.txt": b""})
    assert not (tmp_path / "b").exists()


def test_a_bundle_may_have_the_weights_of_another(untrained_bundle: Path, tmp_path: Path) -> None:
    """The weights are copied as they are; name, figures and extras are its own."""
    manifest = dataclasses.replace(
        read_manifest(untrained_bundle), name="judged", metrics={"test": {"coverage": 0.5}}
    )
    extras = {DATASET_NAME: b"path\n"}
    written = save_with_weights_of(untrained_bundle, manifest, tmp_path / "judged", extras)
    loaded = load_bundle(tmp_path / "judged").manifest
    assert loaded == written
    assert (loaded.name, loaded.metrics["test"]) == ("judged", {"coverage": 0.5})
    weights = [folder / WEIGHTS_NAME for folder in (untrained_bundle, tmp_path / "judged")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert (tmp_path / "judged" / DATASET_NAME).read_bytes() == b"path\n"
    with pytest.raises(FileExistsError, match="never overwritten"):
        save_with_weights_of(untrained_bundle, manifest, tmp_path / "judged")
