"""``bundle.json``: what a bundle says of itself, read and checked without torch.

A bundle is a folder with ``weights.safetensors`` and ``bundle.json``, and perhaps the extras
``dataset.csv``, ``held_out.csv`` and ``report.html``. The web process and the system checks read
only the JSON and the hash; `classifier.ml.bundle` adds the weights. A further extra,
``replay.safetensors``, is listed with its hash: a candidate is trained and judged on it.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from classifier.decision import Thresholds
from classifier.taxonomy import TAXONOMY

# 2 names the layout of the heads; bundles of format 1 have separate ones and are read as before.
FORMAT_VERSION: Final = 2
READABLE_VERSIONS: Final = (1, 2)
MANIFEST_NAME: Final = "bundle.json"
WEIGHTS_NAME: Final = "weights.safetensors"
# What a bundle may carry besides: the table of photos it learned from, what it says of photos that
# it did not learn from, the page about it, and features of its photos in place of the photos.
DATASET_NAME: Final = "dataset.csv"
HELD_OUT_NAME: Final = "held_out.csv"
REPORT_NAME: Final = "report.html"
REPLAY_NAME: Final = "replay.safetensors"
# Far above what any of our models needs, and far below what would fill a machine's memory: a bundle
# comes from elsewhere, and what it asks for is not to be believed.
LARGEST_SIDE: Final = 1024  # pixels of the network's input; before the crop, twice that
LARGEST_MANIFEST: Final = 8 * 2**20  # bytes
LARGEST_WEIGHTS: Final = 512 * 2**20  # bytes; ours have 50 MB
LARGEST_REPLAY: Final = 64 * 2**20  # bytes; ours have 20 MB
_FURTHEST_TEMPERATURE: Final = 1000.0  # or one divided by it
_SMALLEST_STD: Final = 0.001
EXTRA_NAMES: Final = (DATASET_NAME, HELD_OUT_NAME, REPORT_NAME, REPLAY_NAME)


class BundleError(Exception):
    """A bundle cannot be used; the message says which file, what is wrong and what to do."""


class BundleMissingError(BundleError):
    """The folder or one of its two files is not there."""


class BundleAwayError(BundleMissingError):
    """The storage that has it does not answer; it may later."""


class BundleDamagedError(BundleError):
    """A file is there, but it is not what was saved."""


class BundleFormatError(BundleError):
    """The bundle was written for another version of this program."""


class BundleTaxonomyError(BundleError):
    """The bundle was trained on another label tree."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a photo becomes the network's input; one for training, evaluation and serving.

    Attributes:
        size: side of the square input, in pixels.
        fit: ``centre_crop`` scales the short side to ``resize`` and cuts the middle out;
            ``pad`` scales the long side to ``size`` and fills up with the border's colour.
        resize: short side before the crop, in pixels; used by ``centre_crop`` only.
        mean, std: per channel (R, G, B), on a 0-to-1 scale.
    """

    size: int = 224
    fit: Literal["centre_crop", "pad"] = "centre_crop"
    resize: int = 256
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    def __post_init__(self) -> None:
        if self.fit not in ("centre_crop", "pad"):
            raise ValueError(f"preprocessing.fit is centre_crop or pad, not {self.fit!r}.")
        sides = (self.size, self.resize)
        if any(type(side) is not int for side in sides):
            raise ValueError(f"preprocessing.size and .resize are whole numbers, not {sides}.")
        if not 32 <= self.size <= min(self.resize, LARGEST_SIDE) or self.resize > 2 * LARGEST_SIDE:
            raise ValueError(
                f"preprocessing needs 32 <= size <= resize, size at most {LARGEST_SIDE} and resize "
                f"at most {2 * LARGEST_SIDE}; it says {self.size} and {self.resize}."
            )
        if len(self.mean) != 3 or len(self.std) != 3:
            raise ValueError("preprocessing.mean and .std are three numbers each.")
        # NaN fails these comparisons, as it should.
        if not all(0 <= value <= 1 for value in self.mean) or not all(
            _SMALLEST_STD <= value <= 1 for value in self.std
        ):
            raise ValueError(
                f"preprocessing.mean lies between 0 and 1, .std between {_SMALLEST_STD} and 1; "
                f"they are {self.mean} and {self.std}."
            )


@dataclass(frozen=True, slots=True)
class Temperature:
    """Divisors of the logits that make confidences honest (Guo et al. 2017)."""

    main: float = 1.0
    sub: float = 1.0
    novelty: float = 1.0
    near: float = 1.0

    def __post_init__(self) -> None:
        # NaN fails this comparison, as it should.
        values = dataclasses.astuple(self)
        if not all(1 / _FURTHEST_TEMPERATURE <= v <= _FURTHEST_TEMPERATURE for v in values):
            raise ValueError(
                f"Temperatures lie between {1 / _FURTHEST_TEMPERATURE} and "
                f"{_FURTHEST_TEMPERATURE:g}; they are {self}."
            )


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in ``bundle.json``. ``metrics`` and ``training`` are free-form JSON objects.

    ``replay_sha256`` is that of ``replay.safetensors``; empty where the bundle carries none, as
    those of older releases do.

    Raises:
        ValueError: if the name cannot be the name of a folder and of a model version.
    """

    name: str
    created_at: str  # ISO 8601, UTC
    stride_placement: str
    weights_sha256: str
    dataset_fingerprint: str
    parent: str | None = None
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    thresholds: Thresholds = field(default_factory=Thresholds)
    temperature: Temperature = field(default_factory=Temperature)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    head_layout: str = "separate"  # as `classifier.ml.network.HeadLayout`
    replay_sha256: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", self.name):
            raise ValueError(
                "A bundle's name has 1 to 100 letters, digits, hyphens and underscores; "
                f"this one is {self.name!r}."
            )
        if not re.fullmatch(r"([0-9a-f]{64})?", self.replay_sha256):
            raise ValueError(
                f"replay_sha256 has 64 hexadecimal digits or none; it is {self.replay_sha256!r}."
            )


def manifest_as_dict(manifest: Manifest) -> dict[str, Any]:
    """Return what ``bundle.json`` holds, as plain dicts, lists, texts and numbers."""
    return {
        "format_version": FORMAT_VERSION,
        "taxonomy": {main: list(subs) for main, subs in TAXONOMY.items()},
        **dataclasses.asdict(manifest),
    }


def read_manifest(folder: Path) -> Manifest:
    """Read ``bundle.json`` of a bundle folder; the weights are not touched.

    Raises:
        BundleMissingError, BundleDamagedError, BundleFormatError, BundleTaxonomyError
    """
    path = folder / MANIFEST_NAME
    try:
        _must_be_small(path, LARGEST_MANIFEST)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BundleMissingError(
            f"There is no {path}. A bundle is a folder with {MANIFEST_NAME} and {WEIGHTS_NAME}; "
            "restore it, or register another one with `manage.py register_model FOLDER`."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        document = json.loads(content)
        return _parse(document, path)
    except BundleError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BundleDamagedError(
            f"{path} is not a readable bundle description ({type(error).__name__}: {error}). "
            "Restore the file from where it came from."
        ) from error


def _parse(document: dict[str, Any], path: Path) -> Manifest:
    version = document["format_version"]
    if version not in READABLE_VERSIONS:
        raise BundleFormatError(
            f"{path} has format version {version!r}; this program reads "
            f"{' and '.join(map(str, READABLE_VERSIONS))}. "
            "Use the program version it was made with, or train it again."
        )
    taxonomy = {main: tuple(subs) for main, subs in document["taxonomy"].items()}
    # Item order is the order of the network's outputs, so a mere reordering is a difference too.
    if list(taxonomy.items()) != list(TAXONOMY.items()):
        raise BundleTaxonomyError(
            f"{path} was trained on other classes ({taxonomy}); this program knows "
            f"{dict(TAXONOMY)}. Train it again on this label tree."
        )
    if version == 1:
        document = {**document, "head_layout": "separate"}
    document = {"replay_sha256": "", **document}
    fields = {f.name: document[f.name] for f in dataclasses.fields(Manifest)}
    preprocessing = dict(fields["preprocessing"])
    preprocessing["mean"] = tuple(preprocessing["mean"])
    preprocessing["std"] = tuple(preprocessing["std"])
    fields["preprocessing"] = Preprocessing(**preprocessing)
    fields["thresholds"] = Thresholds(**fields["thresholds"])
    fields["temperature"] = Temperature(**fields["temperature"])
    return Manifest(**fields)


def check_weights(folder: Path, manifest: Manifest) -> Path:
    """Return the path of the weights after comparing their hash with the manifest's.

    Raises:
        BundleMissingError: if the file is not there.
        BundleDamagedError: if its SHA-256 is not the one it was saved with.
    """
    path = folder / WEIGHTS_NAME
    if not path.is_file():
        raise BundleMissingError(
            f"There is no {path}. Restore the weights, or register another bundle with "
            "`manage.py register_model FOLDER`."
        )
    try:
        _must_be_small(path, LARGEST_WEIGHTS)
        actual = sha256_of(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if actual != manifest.weights_sha256:
        raise BundleDamagedError(
            f"{path} is damaged: its SHA-256 is {actual[:12]}…, {MANIFEST_NAME} says "
            f"{manifest.weights_sha256[:12]}…. Restore the weights from where they came from."
        )
    return path


def check_replay(folder: Path, manifest: Manifest) -> None:
    """Compare the hash of a bundle's replay features with the manifest's, if it lists any.

    Raises:
        BundleDamagedError: if they are missing, too large or not those it was saved with.
    """
    if not manifest.replay_sha256:
        return
    path = folder / REPLAY_NAME
    try:
        _must_be_small(path, LARGEST_REPLAY)
        actual = sha256_of(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if actual != manifest.replay_sha256:
        raise BundleDamagedError(
            f"{path} is damaged: its SHA-256 is {actual[:12]}…, {MANIFEST_NAME} says "
            f"{manifest.replay_sha256[:12]}…. Restore the file from where it came from."
        )


def _must_be_small(path: Path, most: int) -> None:
    if (size := path.stat().st_size) > most:
        raise BundleDamagedError(
            f"{path} has {size:,} bytes; at most {most:,} were expected. "
            "Restore the file from where it came from."
        )


def unreadable(path: Path, error: OSError) -> BundleDamagedError:
    """Return what to raise when a file of a bundle is there but cannot be read."""
    return BundleDamagedError(
        f"{path} cannot be read ({error.strerror}). Check its permissions and the disk, or "
        "restore the file from where it came from."
    )


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
