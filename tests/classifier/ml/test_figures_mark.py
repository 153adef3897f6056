"""A bundle's figures are shown only with what they were measured with."""

import json
from dataclasses import replace
from typing import Any

import pytest

from classifier.decision import Thresholds
from classifier.ml.figures_mark import Standing, marked, standing_of
from classifier.ml.manifest import Manifest, Temperature, manifest_as_dict
from tests.manifests import a_manifest


def measured() -> Manifest:
    """Return a manifest with figures and their mark."""
    return marked(a_manifest(metrics={"test": {"coverage": 0.9}}, weights_sha256="ab" * 32))


def document(manifest: Manifest) -> dict[str, Any]:
    """Return what a database gives back."""
    content: dict[str, Any] = json.loads(json.dumps(manifest_as_dict(manifest)))
    return content


def test_figures_stand_with_what_they_were_measured_with() -> None:
    """Straight from the trainer and through JSON alike."""
    assert standing_of(manifest_as_dict(measured())) is Standing.OWN
    assert standing_of(document(measured())) is Standing.OWN


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": Thresholds(novelty=0.71)},
        {"temperature": Temperature(sub=1.1)},
        {"weights_sha256": "cd" * 32},
        {"dataset_fingerprint": "another"},
    ],
)
def test_figures_fall_with_any_of_it(change: dict[str, Any]) -> None:
    """A threshold, a temperature, the weights or the photos: each decides the figures."""
    assert standing_of(document(replace(measured(), **change))) is Standing.CHANGED


def test_a_name_or_a_figure_more_changes_nothing() -> None:
    """A copy under another name has the same figures."""
    assert standing_of(document(replace(measured(), name="a-copy"))) is Standing.OWN


def test_a_bundle_of_an_older_release_has_no_mark() -> None:
    """Nobody can tell, and that is said; without figures there is nothing to mark."""
    old = a_manifest(metrics={"test": {"coverage": 0.9}})
    assert standing_of(document(old)) is Standing.UNMARKED
    assert marked(a_manifest()) == a_manifest()
    assert standing_of({"metrics": None}) is Standing.UNMARKED


def test_whole_numbers_by_hand_are_the_same_numbers() -> None:
    """1 and 1.0 are one threshold."""
    manifest = marked(a_manifest(metrics={"test": {}}, thresholds=Thresholds(novelty=1.0)))
    by_hand = document(manifest)
    by_hand["thresholds"]["novelty"] = 1
    assert standing_of(by_hand) is Standing.OWN
