"""The two models that a chaos run begins with: small photos, few base photos, replay features."""

import shutil
from dataclasses import replace
from pathlib import Path

from classifier.ml.bundle import load_bundle, save_bundle
from classifier.ml.manifest import DATASET_NAME, REPLAY_NAME
from classifier.ml.network import HeadLayout
from tests.training.retraining import add_replay_to, make_champion, write_base_photos

BASE_EACH = 40  # of every class; a split needs some of each


def make_bundles(folder: Path) -> None:
    """Write the bundles ``small`` and ``other``; a trainer can go on from them without photos."""
    base = write_base_photos(folder / "base", each=BASE_EACH)
    # A regression fits joint heads at once, so a retraining costs seconds.
    small = make_champion(folder / "small", base, name="small", layout=HeadLayout.JOINT)
    add_replay_to(small, base, folder / "features")
    for made_from in (base, folder / "features"):
        shutil.rmtree(made_from)
    _save_another(small, folder / "other")


def _save_another(bundle: Path, folder: Path) -> None:
    """Save the same network under another name, and a little else in its heads."""
    loaded = load_bundle(bundle)
    loaded.network.sub_head.bias.data[0] += 0.5
    extras = {name: (bundle / name).read_bytes() for name in (DATASET_NAME, REPLAY_NAME)}
    save_bundle(loaded.network, replace(loaded.manifest, name=folder.name), folder, extras)
