"""What each choice of the preset ``best`` gains, and what all of them gain over the study's recipe.

``python -m benchmarks.ablation --photos DIR --backbone FILE --strides v1`` trains the heads on
cached features, each choice left out in turn, several seeds each; ``--train-from layer4`` compares
the two presets alone, with stage 4 trained too. Every choice is made by the validation score; all
other figures are of test photos. Intervals are over products and seeds.
"""

import argparse
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.ablation_figures import FIGURES, Ended, Estimate, ended, estimates
from benchmarks.ablation_photos import AblationPhotos, Asked
from classifier.decision import Thresholds
from classifier.ml.manifest import Preprocessing, Temperature
from classifier.ml.network import StridePlacement
from training.calibration.calibrate import calibrate
from training.calibration.held_out import HeldOut, score_of
from training.calibration.thresholds import without_novelty
from training.data.folder import Kind
from training.data.targets import build_targets
from training.engine.config import Schedule, TrainConfig
from training.engine.presets import BEST, STUDY, Augmentation, Preset
from training.engine.stages import TrainedPart, TrainFrom
from training.engine.trainer import fit
from training.evaluation.scoring import probabilities, truth_of
from training.runtime.devices import Precision

# Settings that were tried, and what they are when they are on.
TRIED: Final[dict[str, dict[str, Any]]] = {
    "cosine and warm-up": {"schedule": Schedule.COSINE, "warmup": 0.05},
    "label smoothing": {"smoothing": 0.05},
    "mixup": {"mixup": 0.2},
    "dropout": {"dropout": 0.2},
    "averaged weights": {"ema": 0.99},
    "weight decay": {"weight_decay": 0.01},
}
OURS: Final = ("best", "everything")
UNITS: Final = dict.fromkeys(FIGURES, 100.0) | {"novelty AUROC": 1.0, "calibration error": 1.0}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One line of the table: a preset with one choice changed.

    Attributes:
        calibrated: whether temperatures and thresholds are chosen on validation photos; else the
            study's 0.7 holds, without temperature.
        near_unit: whether that unit is fitted after training.
    """

    name: str
    config: TrainConfig
    preprocessing: Preprocessing
    augmentation: Augmentation
    outliers: bool
    calibrated: bool
    near_unit: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What came of a recipe: validation score and test outcomes, one of each seed."""

    recipe: Recipe
    scores: list[float]
    runs: list[Ended]
    seconds: float


def recipe(name: str, preset: Preset, *, ours: bool) -> Recipe:
    """Return a preset as a line; what follows training is ours or the study's."""
    return Recipe(
        name,
        preset.config,
        preset.preprocessing,
        preset.augmentation,
        preset.outliers,
        calibrated=ours,
        near_unit=ours,
    )


def recipes(*, everything: bool = False) -> list[Recipe]:
    """Return the study's recipe, ours, ours without each choice, and with each that was dropped.

    Args:
        everything: begin with all that was tried, not with what is left of it in ``best``.
    """
    study = recipe("study", STUDY, ours=False)
    ours = recipe("best", BEST, ours=True)
    if everything:
        tried = {name: value for on in TRIED.values() for name, value in on.items()}
        ours = replace(ours, name="everything", config=replace(ours.config, **tried))
    crop = Preprocessing(fit="centre_crop")
    silent = replace(ours.config, novelty_weight=0.0)
    without = f"{ours.name} without"
    return [
        study,
        replace(study, name="study, padded at evaluation", preprocessing=ours.preprocessing),
        replace(study, name="study, thresholds chosen on validation", calibrated=True),
        ours,
        replace(ours, name=f"{without} padding at evaluation", preprocessing=crop),
        replace(ours, name=f"{without} our augmentation", augmentation=Augmentation.STUDY),
        replace(ours, name=f"{without} outliers", outliers=False, config=silent),
        replace(ours, name=f"{without} the near unit", near_unit=False),
        replace(ours, name=f"{without} chosen thresholds", calibrated=False),
        *(switched(ours, choice) for choice in TRIED),
    ]


def switched(ours: Recipe, choice: str) -> Recipe:
    """Return ours without a choice that it has, or with one that it lacks."""
    on = TRIED[choice]
    has = all(getattr(ours.config, name) == value for name, value in on.items())
    settings = {name: getattr(STUDY.config, name) for name in on} if has else on
    name = f"{ours.name} {'without' if has else 'with'} {choice}"
    return replace(ours, name=name, config=replace(ours.config, **settings))


def train_and_score(
    line: Recipe, photos: AblationPhotos, config: TrainConfig
) -> tuple[float, Ended]:
    """Train once; return the best validation score, and what becomes of the test photos."""
    rows = np.array(
        [i for i, s in enumerate(photos.split.train) if line.outliers or s.kind is Kind.ITEM]
    )
    samples = [photos.split.train[i] for i in rows]
    targets = build_targets(
        samples, smoothing=config.smoothing, outlier_weight=config.outlier_weight
    )
    validation = HeldOut(*photos.held_out("validation", line.preprocessing))
    test = HeldOut(*photos.held_out("test", line.preprocessing))
    network = photos.network(config.seed)
    batches = photos.training(line.augmentation).only(rows)
    epochs = fit(
        network, batches, targets, config, lambda part: score_of(part, validation), checkpoint=None
    )
    if line.near_unit:
        of = f"{line.augmentation} {line.preprocessing.fit} {line.outliers}"
        photos.fit_near_unit(network, HeldOut(batches, truth_of(samples)), validation, of)
    part = TrainedPart(network, config.train_from)
    novelty = config.novelty_weight > 0
    temperature, thresholds = Temperature(), Thresholds()
    if line.calibrated:
        chosen = calibrate(part, validation, novelty=novelty)
        temperature, thresholds = chosen.temperature, chosen.thresholds
    elif not novelty:
        thresholds = without_novelty(thresholds)
    scores = probabilities(test.logits(part), temperature)
    return max(e.score for e in epochs) / 2, ended(scores, test.truth, thresholds)


def measure(
    line: Recipe, photos: AblationPhotos, train_from: TrainFrom, seeds: int, epochs: int
) -> Line:
    """Train one recipe with several seeds."""
    began = time.monotonic()
    runs = []
    for seed in range(seeds):
        config = replace(
            line.config,
            train_from=train_from,
            epochs=epochs,
            seed=seed,
            precision=photos.asked.precision if train_from is TrainFrom.LAYER4 else Precision.FP32,
        )
        runs.append(train_and_score(line, photos, config))
        print(f"{line.name}, seed {seed}: validation {runs[-1][0]:.4f}", flush=True)  # noqa: T201  # a benchmark speaks
    seconds = (time.monotonic() - began) / seeds
    return Line(line, [score for score, _ in runs], [run for _, run in runs], seconds)


def table(lines: Sequence[Line], photos: AblationPhotos) -> str:
    """Return Markdown: each recipe's figures, then what ours has over each other."""
    truth = photos.held_out("test", BEST.preprocessing)[1]
    ours = next(line for line in lines if line.recipe.name in OURS)
    head = ["recipe", "validation score", *FIGURES]
    rows = [
        [
            line.recipe.name,
            f"{100 * np.mean(line.scores):.2f}",
            *_cells(estimates(line.runs, truth), signed=False),
        ]
        for line in lines
    ]
    gains = [
        [
            f"{ours.recipe.name} over {line.recipe.name}",
            f"{100 * (np.mean(ours.scores) - np.mean(line.scores)):+.2f}",
            *_cells(estimates(ours.runs, truth, line.runs), signed=True),
        ]
        for line in lines
        if line is not ours
    ]
    return "\n".join([_markdown(head, rows), "", _markdown(head, gains)])


def _cells(estimates_of: dict[str, Estimate], *, signed: bool) -> list[str]:
    cells = []
    for name, e in estimates_of.items():
        unit = UNITS[name]
        form = ("+" if signed else "") + (".1f" if unit > 1 else ".3f")
        cells.append(f"{e.value * unit:{form}} ({e.low * unit:{form}} to {e.high * unit:{form}})")
    return cells


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, required=True, help="safetensors file")
    parser.add_argument("--strides", type=StridePlacement, default=StridePlacement.V1_5)
    parser.add_argument("--cache", type=Path, default=Path("var/training-cache"))
    parser.add_argument("--share", type=float, default=1 / 6, help="of the training products")
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--precision", type=Precision, default=Precision.BF16)
    parser.add_argument("--train-from", type=TrainFrom, default=TrainFrom.HEADS)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--everything", action="store_true", help="begin with all that was tried, not with best"
    )
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    photos = AblationPhotos(
        Asked(
            asked.photos,
            asked.backbone,
            asked.strides,
            asked.cache,
            asked.share,
            asked.views,
            asked.precision,
        ),
        asked.train_from,
    )
    chosen = recipes(everything=asked.everything)
    if asked.train_from is not TrainFrom.HEADS:
        chosen = [line for line in chosen if line.name in ("study", *OURS)]
    lines = [measure(r, photos, asked.train_from, asked.seeds, asked.epochs) for r in chosen]
    counts = {name: len(getattr(photos.split, name)) for name in ("train", "validation", "test")}
    print(  # noqa: T201  # a benchmark speaks
        f"\n{json.dumps(counts)}, {asked.views} views, {asked.seeds} seeds, "
        f"{asked.epochs} epochs, {asked.train_from}."
    )
    for line in lines:
        print(f"{line.recipe.name}: {line.seconds:.0f} s a run")  # noqa: T201  # a benchmark speaks
    print(f"\n{table(lines, photos)}")  # noqa: T201  # a benchmark speaks


if __name__ == "__main__":
    main()
