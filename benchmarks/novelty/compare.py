"""Compare detectors on one network's features, for kinds and for sources left out."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from benchmarks import results
from benchmarks.novelty.cost import costs
from benchmarks.novelty.cross_fit import scores_of_folds
from benchmarks.novelty.features import Backbone, of_bundle, of_imagenet, pooled_features
from benchmarks.novelty.figures import lines
from benchmarks.novelty.folds import outer_folds
from benchmarks.novelty.scoring.combination import FAR, FAR_NEIGHBOURS, NEAR, NEAR_NEIGHBOURS
from benchmarks.novelty.table import table
from training.data.folder import Kind, Sample
from training.data.photo_folders import PhotoFolders
from training.data.splits.leave_out import LeaveOut
from training.data.splits.split import split_by_product
from training.data.splits.split_record import join_near_duplicates

# The present unit of each kind of photo; everything else is compared with it.
REFERENCES = {Kind.OTHER: "novelty unit", Kind.NEAR: "near unit"}
ORDER = (
    "novelty unit", "near unit", "novelty or near", "maximum softmax", "energy", "GEN",
    "Mahalanobis", "relative Mahalanobis", "nearest neighbours", "ViM",
    "neighbours, others", "neighbours, near", FAR_NEIGHBOURS, NEAR_NEIGHBOURS, FAR, NEAR,
)  # fmt: skip


def compare(asked: Namespace) -> None:
    """Measure what was asked for, print the tables, and keep all figures."""
    samples = _photos(asked)
    backbones = [of_bundle(asked.bundle)]
    if asked.backbone is not None:
        backbones.append(of_imagenet(asked.backbone, asked.strides))
    documents = []
    for leave_out in map(LeaveOut, asked.leave_out):
        for backbone in backbones:
            documents.append(_document(backbone, samples, leave_out, asked))
            results.write(asked.json, {"comparisons": documents})
    costing = costs(pooled_features(backbones[0], samples, asked.cache), samples, asked.dimensions)
    results.write(asked.json, {"comparisons": documents, "microseconds": costing})
    sys.stdout.write("\nMicroseconds a photo\n\n")
    sys.stdout.writelines(f"| {name} | {value:.0f} |\n" for name, value in costing.items())


def _photos(asked: Namespace) -> list[Sample]:
    samples = PhotoFolders.of(asked.photos).read()
    if asked.share < 1:
        samples = split_by_product(samples, seed=0, shares={"chosen": asked.share})["chosen"]
    return samples if asked.products_as_named else join_near_duplicates(samples)


def _document(
    backbone: Backbone, samples: Sequence[Sample], leave_out: LeaveOut, asked: Namespace
) -> dict[str, Any]:
    features = pooled_features(backbone, samples, asked.cache)
    folds = outer_folds(samples, leave_out, asked.fewest)
    scores = scores_of_folds(features, samples, folds, leave_out, asked.dimensions)
    scores = {name: scores[name] for name in ORDER}
    figures = {kind: lines(scores, samples, kind, name) for kind, name in REFERENCES.items()}
    counts = {str(kind): sum(sample.kind is kind for sample in samples) for kind in Kind}
    title = f"{backbone.name}, {leave_out} left out in {len(folds)} folds, {counts}"
    sys.stdout.write(f"\n{title}\n\n{table(figures[Kind.OTHER], figures[Kind.NEAR])}\n")
    sys.stdout.flush()
    return {
        "network": backbone.name,
        "leave_out": str(leave_out),
        "folds": {fold.name: len(fold.held_out) for fold in folds},
        "photos": counts,
        **{
            str(kind): {name: line.as_dict() for name, line in of_kind.items()}
            for kind, of_kind in figures.items()
        },
    }
