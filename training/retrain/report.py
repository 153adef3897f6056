"""The page of a retraining: the verdict and its reasons first, then both models side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from classifier.models import Split
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.dataset_rows import DatasetRow, RowSource
from training.data.folder import NEAR, OTHERS
from training.evaluation.named_figures import Figures
from training.gate.changed_decisions import ChangedDecision, ChangedDecisions
from training.gate.production_estimate import ProductionEstimate
from training.report.page import thumbnails
from training.report.plots import calibration_picture, novelty_picture, roc_pictures
from training.report.tables import matrices, stream_line
from training.retrain.compare import Comparison
from training.retrain.data.collect import Collected, counts

SHOWN: Final = 36  # photos of a gallery; more would make the page heavy
STRATA: Final = (*SUBCLASSES, *(f"{NEAR} {main}" for main in MAIN_CLASSES), OTHERS)
Side = Literal["champion", "candidate"]
SIDES: Final[tuple[Side, ...]] = ("champion", "candidate")


def retrain_page(comparison: Comparison, collected: Collected) -> str:
    """Return the page as HTML: one file with everything inside, without scripts.

    Args:
        comparison: of champion and candidate.
        collected: what the candidate was made from.
    """
    estimate = comparison.production
    return render_to_string(
        "training/retrain.html",
        {
            "report": comparison.report,
            "galleries": galleries(comparison.changes, collected),
            "production": estimate if isinstance(estimate, ProductionEstimate) else None,
            "production_rows": production_rows(estimate),
            "why_no_production": estimate if isinstance(estimate, str) else "",
            "notes": collected.notes,
            "splits": split_rows(collected.rows),
            "sides": [_side(name, comparison) for name in SIDES],
            "calibration": _calibration(comparison.curves),
            "models": [comparison.champion, comparison.candidate],
        },
    )


def _side(name: Side, comparison: Comparison) -> dict[str, Any]:
    """Return one model's matrices and curves."""
    curves = comparison.curves[name]
    figures = Figures.from_dict(comparison.report.figures[name])
    return {
        "name": getattr(comparison, name).name,
        "role": name,
        "matrices": matrices(curves),
        "figures": figures,
        "first_line": stream_line(figures),
        "roc": [
            roc_pictures(curves[level]["roc"], f"{title} by the {name}")
            for level, title in (("main", "the main classes"), ("sub", "the subclasses"))
            if any(curves[level]["roc"].values())
        ],
        "novelty": novelty_picture(curves["novelty"]["roc"]) if curves["novelty"]["roc"] else None,
    }


def _calibration(curves: Mapping[str, Any]) -> list[SafeString]:
    """Return two pictures for each level, champion's and candidate's."""
    return [
        calibration_picture(f"{side}, {title}", curves[side][level]["calibration"])
        for level, title in (("main", "main classes"), ("sub", "subclasses"))
        for side in SIDES
    ]


def galleries(changes: ChangedDecisions, collected: Collected) -> list[dict[str, Any]]:
    """Return the photos that the candidate fixes and those it breaks, small."""
    tested = collected.of_split(Split.TEST)
    return [
        {
            "title": f"{kind.capitalize()} by the candidate",
            "kind": kind,
            "total": len(decisions),
            "photos": [_shown(decision, tested, collected) for decision in decisions[:SHOWN]],
        }
        for kind, decisions in (("broken", changes.broken), ("fixed", changes.fixed))
    ]


def _shown(
    decision: ChangedDecision, tested: Sequence[DatasetRow], collected: Collected
) -> dict[str, Any]:
    row = tested[decision.row]
    image = None
    if not collected.is_replayed(row):
        path = str(collected.file_of(row).resolve())
        image = thumbnails([path], Path).get(path)
    return {"decision": decision, "image": image, "source": row.source.value}


def split_rows(rows: Sequence[DatasetRow]) -> list[dict[str, Any]]:
    """Return for each label how many base and reviewed photos each split has."""
    columns = [
        counts(row for row in rows if row.source is source and row.split == split)[split.value]
        for split in Split
        for source in RowSource
    ]
    return [
        {"label": stratum, "counts": [column[stratum] for column in columns]}
        for stratum in STRATA
        if any(column[stratum] for column in columns)
    ]


def production_rows(estimate: ProductionEstimate | str) -> list[dict[str, Any]]:
    """Return the estimated shares of both models; nothing where there is no estimate."""
    if isinstance(estimate, str):
        return []
    titles = {"right": "right as it can be", "wrong": "naming something wrong"}
    return [
        {"title": title, **{side: estimate.shares[f"{side}_{outcome}"] for side in SIDES}}
        for outcome, title in titles.items()
    ]
