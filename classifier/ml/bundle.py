"""Save and load a bundle: one model on disk, weights and all that is needed to use them."""

import dataclasses
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from classifier.ml.figures_mark import marked
from classifier.ml.manifest import (
    EXTRA_NAMES,
    MANIFEST_NAME,
    REPLAY_NAME,
    WEIGHTS_NAME,
    BundleDamagedError,
    Manifest,
    check_weights,
    manifest_as_dict,
    read_manifest,
    sha256_of,
    unreadable,
)
from classifier.ml.network import HeadLayout, HierarchicalResNet, StridePlacement


@dataclass(frozen=True, slots=True)
class Bundle:
    """A loaded bundle: the network in single precision and evaluation mode, and its manifest.

    ``folder`` is where it was loaded from.
    """

    network: HierarchicalResNet
    manifest: Manifest
    folder: Path | None = None


def save_bundle(
    network: HierarchicalResNet,
    manifest: Manifest,
    folder: Path,
    extras: Mapping[str, bytes] | None = None,
) -> Manifest:
    """Write a bundle to ``folder``, aside first and then renamed, so that it is whole or absent.

    Weights are stored in half precision. The manifest's hashes, stride placement and layout of the
    heads are filled in from what is written, whatever they said; its figures get their mark.

    Args:
        extras: contents of files that go with it, by name (`EXTRA_NAMES`).

    Returns:
        The manifest as written.

    Raises:
        FileExistsError: if ``folder`` exists already; a bundle is never overwritten.
        ValueError: if a weight is not finite in half precision, or for an unknown extra.
    """

    def write_weights(path: Path) -> None:
        state = {
            name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous().cpu()
            for name, tensor in network.state_dict().items()
        }
        _must_be_finite(state)
        save_file(state, path)

    filled = dataclasses.replace(
        manifest,
        weights_sha256="",
        stride_placement=str(network.stride_placement),
        head_layout=str(network.head_layout),
    )
    return _save(write_weights, filled, folder, extras or {})


def save_with_weights_of(
    source: Path, manifest: Manifest, folder: Path, extras: Mapping[str, bytes] | None = None
) -> Manifest:
    """Write a bundle as `save_bundle` does, with a copy of the weights of a bundle that is saved.

    Args:
        source: folder of the other bundle.
        manifest: made from that one's: which weights and heads it has is not filled in.
        extras: contents of files that go with it, by name (`EXTRA_NAMES`).

    Raises:
        FileExistsError: if ``folder`` exists already; a bundle is never overwritten.
        ValueError: for an unknown extra.
    """

    def write_weights(path: Path) -> None:
        shutil.copyfile(source / WEIGHTS_NAME, path)

    return _save(write_weights, manifest, folder, extras or {})


def _save(
    write_weights: Callable[[Path], None],
    manifest: Manifest,
    folder: Path,
    extras: Mapping[str, bytes],
) -> Manifest:
    """Write all of a bundle; return its manifest, with the hashes that it lacks."""
    if unknown := set(extras) - set(EXTRA_NAMES):
        raise ValueError(f"A bundle's extras are {EXTRA_NAMES}; there is no {sorted(unknown)}.")
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; bundles are never overwritten.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_weights(aside / WEIGHTS_NAME)
        written = marked(
            dataclasses.replace(
                manifest,
                weights_sha256=manifest.weights_sha256 or sha256_of(aside / WEIGHTS_NAME),
                replay_sha256=_hash_of(extras.get(REPLAY_NAME)),
            )
        )
        text = json.dumps(manifest_as_dict(written), indent=2, ensure_ascii=False)
        (aside / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
        for name, content in extras.items():
            (aside / name).write_bytes(content)
        (aside / WEIGHTS_NAME).chmod(0o644)  # safetensors writes for the owner alone
        aside.chmod(0o755)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return written


def _hash_of(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def load_bundle(folder: Path) -> Bundle:
    """Load a bundle after checking format, taxonomy and hash.

    Raises:
        BundleMissingError, BundleDamagedError, BundleFormatError, BundleTaxonomyError
    """
    manifest = read_manifest(folder)
    path = check_weights(folder, manifest)
    try:
        # On no device: random numbers for 24 million weights would only be thrown away.
        with torch.device("meta"):
            network = HierarchicalResNet(
                StridePlacement(manifest.stride_placement), HeadLayout(manifest.head_layout)
            )
        state = load_file(path)
        _must_be_finite(state)
        network.load_state_dict(
            {k: v.to(torch.float32) if v.is_floating_point() else v for k, v in state.items()},
            assign=True,
        )
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise BundleDamagedError(
            f"{path} does not hold the weights of this network: {error} "
            "Restore the bundle from where it came from, or train it again."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    return Bundle(network.eval(), manifest, folder)


def _must_be_finite(state: Mapping[str, Tensor]) -> None:
    for name, tensor in state.items():
        # NaN is passed on by both, and five times faster than asking each value.
        least, most = torch.aminmax(tensor)
        if not (least.isfinite() and most.isfinite()):
            raise ValueError(
                f"{name} holds values that are not finite in half precision, as after a training "
                "that diverged. Train again with lower learning rates."
            )
