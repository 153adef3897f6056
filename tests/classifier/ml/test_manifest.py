"""What `bundle.json` may say, and what happens when it says something else."""

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.ml.manifest import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    BundleDamagedError,
    BundleFormatError,
    BundleMissingError,
    BundleTaxonomyError,
    Manifest,
    Preprocessing,
    Temperature,
    check_weights,
    read_manifest,
)
from tests.manifests import a_manifest


def rewrite(bundle: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a bundle's JSON; what ``change`` returns replaces it, None keeps the changed dict."""
    path = bundle / "bundle.json"
    document = json.loads(path.read_text())
    changed = change(document)
    path.write_text(json.dumps(document if changed is None else changed))


def test_what_is_saved_is_what_is_read(bundle_copy: Path) -> None:
    """A manifest comes back from disk equal, down to tuples and thresholds."""
    manifest = read_manifest(bundle_copy)
    assert manifest == dataclasses.replace(
        a_manifest(name="untrained", preprocessing=Preprocessing(size=64, resize=64)),
        weights_sha256=manifest.weights_sha256,
    )
    assert isinstance(manifest, Manifest)


def reorder(document: dict[str, Any]) -> None:
    document["taxonomy"] = dict(reversed(document["taxonomy"].items()))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda d: d.update(format_version=3), BundleFormatError, "format version 3"),
        (lambda d: d["taxonomy"]["Bags"].append("Wallets"), BundleTaxonomyError, "Wallets"),
        (reorder, BundleTaxonomyError, "other classes"),
        (lambda d: d.pop("format_version") and None, BundleDamagedError, "format_version"),
        (lambda d: d.pop("thresholds") and None, BundleDamagedError, "thresholds"),
        (lambda d: d["thresholds"]["main"].update(Bags=1.5), BundleDamagedError, "1.5"),
        (lambda d: d["thresholds"]["main"].update(Bags="x"), BundleDamagedError, "bundle.json"),
        (lambda d: d["temperature"].update(main=0), BundleDamagedError, "Temperatures lie between"),
        (lambda d: d["preprocessing"].update(fit="squash"), BundleDamagedError, "squash"),
        (lambda d: d["preprocessing"].update(size=8), BundleDamagedError, "32 <= size"),
        (
            lambda d: d["preprocessing"].update(size=20_000, resize=20_000),
            BundleDamagedError,
            "size at most 1024",
        ),
        (lambda d: d["preprocessing"].update(resize=10**9), BundleDamagedError, "at most 2048"),
        (lambda d: d["preprocessing"].update(size=64.5), BundleDamagedError, "whole numbers"),
        (lambda d: d["preprocessing"].update(size=True), BundleDamagedError, "whole numbers"),
        (lambda d: d["preprocessing"].update(mean=[0, 0, 1e30]), BundleDamagedError, "mean lies"),
        (lambda d: d["preprocessing"].update(std=[1, 1, 1e-30]), BundleDamagedError, "std between"),
        (lambda d: d["temperature"].update(main=1e-30), BundleDamagedError, "Temperatures"),
        (lambda d: d["temperature"].update(near=1e30), BundleDamagedError, "Temperatures"),
        (lambda d: d.update(name="../../etc"), BundleDamagedError, "etc"),
        (lambda d: d.update(name=""), BundleDamagedError, "name"),
        (lambda d: [d], BundleDamagedError, "not a readable bundle description"),
        (lambda _: "nonsense", BundleDamagedError, "not a readable bundle description"),
    ],
)
def test_each_fault_has_a_named_error_that_names_the_file(
    small_copy: Path, change: Any, error: type[Exception], says: str
) -> None:
    """Whatever is wrong with the JSON, the error says which file, what, and what to do."""
    rewrite(small_copy, change)
    with pytest.raises(error, match=says) as caught:
        read_manifest(small_copy)
    assert str(small_copy / "bundle.json") in str(caught.value)
    assert any(advice in str(caught.value) for advice in ("Restore", "Train", "train it again"))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_damaged(small_copy: Path, content: bytes) -> None:
    """An empty, cut, binary or absurdly nested file is reported as damaged, not as a crash."""
    (small_copy / "bundle.json").write_bytes(content)
    with pytest.raises(BundleDamagedError, match="Restore the file"):
        read_manifest(small_copy)


def test_a_missing_file_or_folder_says_what_a_bundle_is(small_copy: Path) -> None:
    """Without bundle.json, or without the folder, the error says what should be there."""
    (small_copy / "bundle.json").unlink()
    for folder in (small_copy, small_copy / "nowhere"):
        with pytest.raises(BundleMissingError, match="A bundle is a folder with"):
            read_manifest(folder)


def test_a_file_that_cannot_be_read_is_a_named_error(small_copy: Path) -> None:
    """A folder where a file should be (as with wrong permissions) is not a bare OSError."""
    (small_copy / "bundle.json").unlink()
    (small_copy / "bundle.json").mkdir()
    with pytest.raises(BundleDamagedError, match="Check its permissions"):
        read_manifest(small_copy)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_temperatures_are_finite_and_above_zero(value: float) -> None:
    """A temperature that would make nonsense of the scores is refused."""
    with pytest.raises(ValueError, match="Temperatures lie between"):
        Temperature(sub=value)


def test_preprocessing_needs_three_channels() -> None:
    """Mean and standard deviation have a value for each of R, G and B."""
    with pytest.raises(ValueError, match="three numbers"):
        Preprocessing(mean=(0.5, 0.5))  # type: ignore[arg-type]  # what the test is about
    with pytest.raises(ValueError, match="between"):
        Preprocessing(std=(0.2, 0.0, 0.2))


def test_files_far_too_large_are_not_read(small_copy: Path) -> None:
    """A bundle from elsewhere must not fill the memory of who looks at it."""
    manifest = read_manifest(small_copy)
    for name, most in ((WEIGHTS_NAME, 2**29), (MANIFEST_NAME, 2**23)):
        with (small_copy / name).open("r+b") as file:
            file.truncate(most + 1)  # a hole takes no space on the disk
    with pytest.raises(BundleDamagedError, match=f"at most {2**29:,} were expected"):
        check_weights(small_copy, manifest)
    with pytest.raises(BundleDamagedError, match=f"at most {2**23:,} were expected"):
        read_manifest(small_copy)
