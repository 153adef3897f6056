"""The page of a retraining: the verdict and its reasons first, then both models side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from classifier.models import Split
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES
from training.data.dataset_rows import DatasetRow, LabelSource
from training.data.folder import NEAR, OTHERS
from training.report.page import thumbnails
from training.report.plots import calibration_picture, novelty_picture, roc_pictures
from training.report.tables import matrices
from training.retrain.data.collect import Collected, counts

SHOWN: Final = 36  # photos of a gallery; more would make the page heavy
STRATA: Final = (*SUBCLASSES, *(f"{NEAR} {main}" for main in MAIN_CLASSES), OTHERS)
SIDES: Final = ("champion", "candidate")
ANYWHERE: Final = Path("/")


def retrain_page(report: Mapping[str, Any], page: Mapping[str, Any], collected: Collected) -> str:
    """Return the page as HTML: one file with everything inside, without scripts.

    Args:
        report: the gate's, as it is kept with the version.
        page: curves, changed decisions and the production estimate.
        collected: what the candidate was made from.
    """
    return render_to_string(
        "training/retrain.html",
        {
            **report,
            "promote": report["verdict"] == "promote",
            "musts": [c for c in report["criteria"] if c["kind"] == "must"],
            "gains": [c for c in report["criteria"] if c["kind"] == "gain"],
            "galleries": galleries(page["changes"], collected),
            "production": production_rows(page["production"]),
            "why_no_production": page["production"].get("why_not", ""),
            "production_counts": page["production"],
            "notes": collected.notes,
            "parts": part_rows(collected.rows),
            "sides": [_side(name, report, page) for name in SIDES],
            "calibration": _calibration(page["curves"]),
            "models": page["models"],
        },
    )


def _side(name: str, report: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """Return one model's matrices and curves."""
    curves = page["curves"][name]
    return {
        "name": report[name],
        "role": name,
        "matrices": matrices(curves),
        "figures": report["figures"][name],
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


def galleries(
    changes: Mapping[str, Sequence[Mapping[str, Any]]], collected: Collected
) -> list[dict[str, Any]]:
    """Return the photos that the candidate fixes and those it breaks, small."""
    tested = collected.part(Split.TEST)
    titles = {"broken": "Broken by the candidate", "fixed": "Fixed by the candidate"}
    return [
        {
            "title": title,
            "kind": kind,
            "total": len(changes[kind]),
            "photos": [_shown(told, tested, collected) for told in changes[kind][:SHOWN]],
        }
        for kind, title in titles.items()
    ]


def _shown(
    told: Mapping[str, Any], tested: Sequence[DatasetRow], collected: Collected
) -> dict[str, Any]:
    row = tested[told["row"]]
    path = str(collected.file_of(row).resolve())
    return {**told, "image": thumbnails([path], ANYWHERE).get(path), "source": row.source.value}


def part_rows(rows: Sequence[DatasetRow]) -> list[dict[str, Any]]:
    """Return for each label how many base and reviewed photos each part has."""
    found = [
        counts(row for row in rows if row.source is source and row.part == part)[part.value]
        for part in Split
        for source in LabelSource
    ]
    return [
        {"label": stratum, "counts": [column[stratum] for column in found]}
        for stratum in STRATA
        if any(column[stratum] for column in found)
    ]


def production_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the estimated shares of both models; nothing where there is no estimate."""
    if "why_not" in found:
        return []
    titles = {"right": "right as it can be", "wrong": "naming something wrong"}
    return [
        {"title": title, **{side: found["figures"][f"{side}_{what}"] for side in SIDES}}
        for what, title in titles.items()
    ]
