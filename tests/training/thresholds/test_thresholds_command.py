"""`manage.py thresholds`: other thresholds for the same weights, with figures of their own."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from classifier.decision import Outcome, Thresholds, decide
from classifier.ml.bundle import save_bundle
from classifier.ml.figures_mark import Standing, standing_of
from classifier.ml.manifest import HELD_OUT_NAME, read_manifest
from classifier.ml.network import HierarchicalResNet
from classifier.models import ModelVersion, Promotion
from classifier.versions import registry, storage
from tests.manifests import a_manifest
from tests.rows import champion_of
from tests.training.calibration.test_promise import stream
from training.calibration.held_out_scores import HeldOutScores

STRICT = Thresholds(sub=dict.fromkeys(Thresholds().sub, 0.95), novelty=0.5)


def drawn_scores(photos: int = 5000) -> HeldOutScores:
    """Return scores of a model that is the surer, the more often it is right."""
    scores, truth = stream(photos, seed=11)
    number = np.arange(photos)
    split = np.where(number % 4 == 0, "test", "train")
    photo = np.array([f"{one:032x}" for one in number])
    return HeldOutScores(scores, truth, photo, split, np.full(photos, "a shop"))


@pytest.fixture
def registered(db: None, untrained_network: HierarchicalResNet, tmp_path: Path) -> ModelVersion:
    """A version that tags little, and carries its held-out scores."""
    folder = tmp_path / "careful"
    manifest = a_manifest(name="careful", thresholds=STRICT, metrics={"test": {"coverage": 0.1}})
    save_bundle(untrained_network, manifest, folder, {HELD_OUT_NAME: drawn_scores().as_bytes()})
    return champion_of(folder)


def test_a_promise_makes_a_version_with_its_own_figures(
    registered: ModelVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    """Same weights, other thresholds; the figures are those of test photos at these thresholds."""
    call_command("thresholds", "careful", promise=0.05, per="all")
    made = ModelVersion.objects.get(name="careful-promise-5")
    assert made.parent == registered
    assert made.state == ModelVersion.State.CANDIDATE
    assert made.weights_sha256 == registered.weights_sha256
    manifest = read_manifest(storage.local_folder(made))
    assert max(manifest.thresholds.sub.values()) < 0.95
    tested = drawn_scores().reporting
    decisions = [decide(scores, manifest.thresholds) for scores in tested.scores.as_scores()]
    tagged = np.array([decision.outcome is Outcome.SUBCLASS for decision in decisions])
    figures = made.manifest["metrics"]["test"]
    assert figures["coverage"] == pytest.approx(tagged[tested.truth.items].mean(), abs=0.002)
    assert figures["stream"]["wrong_tags"] < 0.06
    assert "test_at_0.7" not in made.manifest["metrics"]
    assert standing_of(made.manifest) is Standing.OWN
    assert (storage.local_folder(made) / HELD_OUT_NAME).is_file()
    printed = capsys.readouterr().out
    assert "at most 5.0 % are wrong, with 90 % certainty" in printed
    assert printed.count("Of 1,000 photos like these") == 2


def test_the_gate_has_its_say_and_promotes_if_asked(registered: ModelVersion) -> None:
    """More tags at the same weights are a gain; the report stays with the version."""
    call_command("thresholds", "careful", promise=0.05, per="all", promote="gate", name="bold")
    made = ModelVersion.objects.get(name="bold")
    assert made.gate is not None
    assert made.gate["champion"] == "careful"
    assert (
        made.gate["figures"]["candidate"]["coverage"] > made.gate["figures"]["champion"]["coverage"]
    )
    promoted = made.gate["verdict"] == "promote"
    assert (registry.champion() == made) is promoted
    assert Promotion.objects.filter(version=made).exists() is promoted


def test_without_a_promise_it_says_what_each_would_come_to(
    registered: ModelVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    """1, 3 and 5 % in a table; nothing is registered."""
    call_command("thresholds", "careful")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Mix: 85 % items, 10 % near photos, 5 % others."
    assert [line.split()[0] for line in lines[2:]] == ["1.0", "3.0", "5.0"]
    assert ModelVersion.objects.count() == 1


def test_a_promise_that_cannot_be_kept_makes_nothing(registered: ModelVersion) -> None:
    """The table of what could be promised is in the message."""
    with pytest.raises(CommandError, match=r"(?s)No threshold keeps that promise.*5\.0 %"):
        call_command("thresholds", "careful", promise=0.0001)
    assert ModelVersion.objects.count() == 1


def test_a_bundle_without_held_out_scores_is_said(small_copy: Path, db: None) -> None:
    """Of an older release; the message says how to get one that has them."""
    name = registry.register(folder=small_copy).name
    with pytest.raises(CommandError, match="carries no held-out scores"):
        call_command("thresholds", name, promise=0.03)


def test_damaged_scores_are_said_with_their_line(registered: ModelVersion, tmp_path: Path) -> None:
    """Nothing is made of a table that makes no sense."""
    path = storage.local_folder(registered) / HELD_OUT_NAME
    head, first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([head, first.replace(",test,", ",exam,"), *rest]))
    with pytest.raises(CommandError, match="line 2: split is one of"):
        call_command("thresholds", "careful", promise=0.03)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"promise": 0.9}, "between 0 and 0.5"),
        ({"promise": 0.03, "confidence": 0.1}, "confidence is 0.5 or more"),
        ({"promise": 0.03, "mix": "50,50"}, "--mix: A mix is three numbers"),
        ({"promise": 0.1, "name": "careful"}, "Names are never used twice"),
        ({"promise": 0.1, "name": "no good name"}, "letters, digits"),
    ],
)
def test_what_makes_no_sense_is_refused(
    registered: ModelVersion, options: dict[str, object], words: str
) -> None:
    """A sentence each, and nothing is registered."""
    with pytest.raises(CommandError, match=words):
        call_command("thresholds", "careful", **options)
    assert ModelVersion.objects.count() == 1


def test_only_the_champions_thresholds_can_be_promoted_at_once(registered: ModelVersion) -> None:
    """What was compared with another version says nothing of the champion."""
    call_command("thresholds", "careful", promise=0.05, per="all", name="second")
    with pytest.raises(CommandError, match="second is not in production"):
        call_command("thresholds", "second", promise=0.1, per="all", promote="gate")


def test_thresholds_by_hand_leave_the_figures_behind(registered: ModelVersion) -> None:
    """The same bundle with a threshold changed by hand is another bundle without figures."""
    folder = storage.local_folder(registered)
    copy = shutil.copytree(folder, folder.parent.parent / "by-hand")
    document = json.loads((copy / "bundle.json").read_text())
    document["name"], document["thresholds"]["novelty"] = "by-hand", 0.9
    (copy / "bundle.json").write_text(json.dumps(document))
    assert standing_of(registry.register(folder=copy).manifest) is Standing.CHANGED
