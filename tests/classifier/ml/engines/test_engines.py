"""Engines: the same decisions from each, and the fastest one chosen once."""

import json
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from classifier.decision import Scores
from classifier.ml.bundle import Bundle, load_bundle
from classifier.ml.engines.choose import (
    RealPhotos,
    engines_here,
    fastest_engine,
    same_decisions,
)
from classifier.ml.engines.engine import EngineError, EngineName
from classifier.ml.engines.folded import folded
from classifier.ml.engines.fused import FusedResNet
from classifier.ml.engines.pictures import drawn_pictures
from classifier.ml.engines.real_features import real_features
from classifier.ml.manifest import REPLAY_NAME
from classifier.ml.predictor import Predictor

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def bundle(untrained_bundle: Path) -> Bundle:
    return load_bundle(untrained_bundle)


def scores_of(bundle: Bundle, engine: EngineName) -> list[Scores]:
    predictor = Predictor(bundle, CPU, engine)
    return predictor.predict([predictor.prepare(picture) for picture in drawn_pictures(9)])


@pytest.mark.parametrize("engine", engines_here(CPU))
def test_each_engine_of_this_machine_decides_as_torch_does(
    starter_bundle: Path, engine: EngineName
) -> None:
    """The starter decides alike on every engine, main confidences within two hundredths."""
    starter = load_bundle(starter_bundle)
    expected = scores_of(starter, EngineName.TORCH_FP32)
    assert same_decisions(starter, expected, scores_of(starter, engine))


@pytest.mark.parametrize("photos", [1, 3, 16])
def test_fused_convolutions_give_what_the_network_gives(bundle: Bundle, photos: int) -> None:
    """In float32 to the last digits, for any number of photos, and in bfloat16 nearly."""
    pixels = torch.rand(photos, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    backbone = folded(bundle.network.backbone)
    with torch.inference_mode():
        expected = backbone(pixels)
        full = FusedResNet(backbone, torch.float32, side=64)(pixels)
        half = FusedResNet(backbone, torch.bfloat16, side=64)(pixels.bfloat16())
    torch.testing.assert_close(full, expected, rtol=1e-3, atol=1e-4)
    assert (half.float() - expected).abs().mean() < 0.02 * expected.abs().mean()


class Wrong(Predictor):
    """An engine whose features are too large by a third; on drawn pictures that may not matter."""

    def features(self, photos: Sequence[Tensor]) -> Tensor:
        return super().features(photos) * 4 / 3


def test_an_engine_is_tried_on_features_of_real_photos(starter_bundle: Path) -> None:
    """Those of the starter bear what this machine's engines err by, and no large errors."""
    starter = load_bundle(starter_bundle)
    reference = Predictor(starter, CPU, EngineName.TORCH_FP32)
    drawn = [reference.prepare(picture) for picture in drawn_pictures(4)]
    real = RealPhotos(starter, reference, drawn)
    features = real_features(starter)
    assert features is not None
    assert features.shape == (1000, 2048)
    for engine in engines_here(CPU):
        assert real.bear(Predictor(starter, CPU, engine))
    assert not real.bear(Wrong(starter, CPU, EngineName.TORCH_FP32))


def test_without_usable_features_drawn_pictures_decide(
    starter_bundle: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A bundle without them, and one whose file is damaged, which the log says."""
    copy = Path(shutil.copytree(starter_bundle, tmp_path / "copy"))
    (copy / REPLAY_NAME).write_bytes(b"damaged")
    damaged = load_bundle(copy)
    assert real_features(damaged) is None
    assert "is damaged" in caplog.text
    (copy / REPLAY_NAME).unlink()
    assert real_features(damaged) is None


@pytest.mark.parametrize(
    ("package", "engine"),
    [("openvino", EngineName.OPENVINO_F32), ("onnxruntime", EngineName.ONNXRUNTIME_F32)],
)
def test_passes_of_different_sizes_follow_each_other(
    bundle: Bundle, package: str, engine: EngineName
) -> None:
    """An engine keeps nothing of the pass before: one photo, several, and one again."""
    pytest.importorskip(package, reason=f"{package} is optional: requirements/engines.txt.")
    predictor = Predictor(bundle, CPU, engine)
    photos = [predictor.prepare(picture) for picture in drawn_pictures(5)]
    alone = predictor.predict(photos[:1])
    together = predictor.predict(photos)
    assert same_decisions(bundle, alone, together[:1])
    assert predictor.predict(photos[:1]) == alone


def test_the_choice_is_kept(
    bundle: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The second start on the same machine reads the choice and measures nothing."""
    record = tmp_path / "cache" / "engines.json"
    caplog.set_level(logging.INFO, "classifier.ml.engines.choose")
    chosen = fastest_engine(bundle, CPU, record)
    assert "ms a photo" in caplog.text
    caplog.clear()
    assert fastest_engine(bundle, CPU, record) == chosen
    assert "ms a photo" not in caplog.text
    assert [path.name for path in record.parent.iterdir()] == ["engines.json"]


@pytest.mark.parametrize("content", ["{", "[]", '{"some other machine": "torch-bf16"}'])
def test_a_record_that_does_not_help_is_written_anew(
    bundle: Bundle, tmp_path: Path, content: str
) -> None:
    """A damaged record, or one of another machine, costs a measurement and no more."""
    record = tmp_path / "engines.json"
    record.write_text(content, encoding="utf-8")
    chosen = fastest_engine(bundle, CPU, record)
    assert chosen in json.loads(record.read_text(encoding="utf-8")).values()


def test_another_decision_or_confidence_is_not_the_same(bundle: Bundle) -> None:
    """An engine that tips one photo over, or shifts its confidence, would be left out."""
    main = {"Clothing": 0.2, "Shoes": 0.7, "Bags": 0.1}
    sub = dict.fromkeys(scores_of(bundle, EngineName.TORCH_FP32)[0].sub, 1 / 9)
    one = Scores(main=main, sub=sub, novelty=0.1)
    shifted = Scores(main={**main, "Shoes": 0.73, "Bags": 0.07}, sub=sub, novelty=0.1)
    rejected = Scores(main=main, sub=sub, novelty=0.99)
    assert same_decisions(bundle, [one], [one])
    assert not same_decisions(bundle, [one], [shifted])
    assert not same_decisions(bundle, [one, one], [one, rejected])


@pytest.mark.parametrize(
    ("package", "engine"),
    [
        ("openvino", EngineName.OPENVINO_F32),
        ("onnxruntime", EngineName.ONNXRUNTIME_F32),
        ("onnx", EngineName.ONNXRUNTIME_F32),
    ],
)
def test_without_its_package_an_engine_says_what_to_install(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, package: str, engine: EngineName
) -> None:
    """An engine that was asked for by name and is not installed ends in a sentence."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EngineError, match=r"requirements/engines\.txt"):
        Predictor(bundle, CPU, engine)


def test_the_settings_know_every_engine(settings: Any) -> None:
    """What ENGINE may say, and `evaluate --engine`, are the engines that there are."""
    assert sorted(settings.ENGINES) == sorted(EngineName)


def test_an_engine_for_a_gpu_is_refused_on_a_cpu(bundle: Bundle) -> None:
    """Half precision on a CPU would be many times slower; the message says what to do."""
    with pytest.raises(EngineError, match="needs a GPU"):
        Predictor(bundle, CPU, EngineName.TORCH_FP16)
