"""The key figures of a model version, and how they differ from the champion's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classifier.ml.figures_mark import WHY_NOT, Standing, standing_of
from classifier.models import ModelVersion, TrainerJob
from classifier.sentences import in_language
from classifier.versions.stream import first_line

Trend = Literal["better", "worse", "same"]
# Half of the last digit that is shown.
NO_DIFFERENCE: Final = 0.0005


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A share among the figures of an evaluation (training/evaluation/figures.py names them)."""

    key: str
    name: str | Promise
    lower_is_better: bool = False


KEY_FIGURES: Final = (
    KeyFigure("overall_accuracy", gettext_lazy("overall accuracy")),
    KeyFigure("sub_accuracy", gettext_lazy("subclass accuracy")),
    KeyFigure("coverage", gettext_lazy("coverage")),
    KeyFigure("wrong_tag_rate", gettext_lazy("wrong tags"), lower_is_better=True),
    KeyFigure("others_rejected", gettext_lazy("others rejected")),
    KeyFigure("sub_calibration_error", gettext_lazy("calibration error"), lower_is_better=True),
)


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """How a figure moved, in percentage points and in a word."""

    points: str
    trend: Trend

    @property
    def words(self) -> str:
        if self.trend == "same":
            return _("same")
        better, worse = _("%(points)s better"), _("%(points)s worse")
        return (better if self.trend == "better" else worse) % {"points": self.points}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of a version, beside the champion's where there is one to compare with."""

    name: str
    value: str
    champion: str
    difference: FigureDifference | None


def own_figures(version: ModelVersion) -> Mapping[str, Any]:
    """Return a version's figures: the gate's where there are any, else those of its bundle."""
    return _compared(version, "candidate") or _tested(version)


def champion_figures(version: ModelVersion) -> Mapping[str, Any]:
    """Return the figures of the champion that it was compared with, on the same photos."""
    return _compared(version, "champion")


def _compared(version: ModelVersion, which: str) -> Mapping[str, Any]:
    return _section(_section(version.gate, "figures"), which)


def _tested(version: ModelVersion) -> Mapping[str, Any]:
    if standing_of(version.manifest) is Standing.CHANGED:
        return {}
    return _section(_section(version.manifest, "metrics"), "test")


def _section(document: object, name: str) -> Mapping[str, Any]:
    """Bundles are made elsewhere too: what is not there, or of another form, counts as empty."""
    section = document.get(name) if isinstance(document, Mapping) else None
    return section if isinstance(section, Mapping) else {}


def without_figures(version: ModelVersion) -> str:
    """Return why its own figures are not shown, or what must be said of them; else nothing."""
    standing = standing_of(version.manifest)
    if _compared(version, "candidate"):
        return ""  # those shown are of the gate, which measured them itself
    if standing is Standing.UNMARKED and not own_figures(version):
        return ""
    return in_language(WHY_NOT[standing])


def everything(version: ModelVersion) -> str:
    """Return what becomes of 1,000 photos of the stream, as a sentence; empty if nobody counted."""
    return _everything(own_figures(version))


def champion_everything(version: ModelVersion) -> str:
    """Return the same of the champion that a version was compared with, on the same photos."""
    return _everything(champion_figures(version))


def _everything(figures: Mapping[str, Any]) -> str:
    try:
        return in_language(first_line(_section(figures, "stream")))
    except (KeyError, TypeError, ValueError):
        return ""  # of an older release, or made elsewhere


def rows(version: ModelVersion) -> list[FigureRow]:
    """Return all key figures of a version."""
    return [row(version, figure) for figure in KEY_FIGURES]


def row(version: ModelVersion, figure: KeyFigure) -> FigureRow:
    """Return one figure of a version; a difference only where both saw the same photos."""
    own, other = _number(own_figures(version), figure), _number(champion_figures(version), figure)
    return _beside(figure, own, other)


def report_rows(report: Mapping[str, Any]) -> list[FigureRow]:
    """Return all key figures of both sides of a comparison."""
    own, other = (_section(_section(report, "figures"), side) for side in ("candidate", "champion"))
    return [_beside(one, _number(own, one), _number(other, one)) for one in KEY_FIGURES]


def _beside(figure: KeyFigure, own: float | None, other: float | None) -> FigureRow:
    both = own is not None and other is not None
    moved = difference(own - other, lower_is_better=figure.lower_is_better) if both else None  # type: ignore[operator]  # both are numbers
    return FigureRow(str(figure.name), percent(own), percent(other), moved)


def _number(figures: Mapping[str, Any], figure: KeyFigure) -> float | None:
    value = figures.get(figure.key)
    return value if isinstance(value, int | float) else None


class SamePhotos:
    """Figures of all versions that were judged on the same photos, for one column.

    These photos are those of the newest comparison that the champion took part in.
    """

    def __init__(self, champion: ModelVersion | None) -> None:
        self._champion = champion
        self._report = None if champion is None else _newest_report(champion)

    def of(self, version: ModelVersion) -> Mapping[str, Any]:
        """Return a version's figures on these photos; empty where it was judged on others."""
        if self._report is None:
            return own_figures(version) if version == self._champion else {}
        figures = _section(self._report, "figures")
        for side in ("champion", "candidate"):
            if self._report.get(side) == version.name:
                return _section(figures, side)
        mark = self._report.get("photos_sha256")
        gate = version.gate or {}
        return _compared(version, "candidate") if mark and gate.get("photos_sha256") == mark else {}

    def row(self, version: ModelVersion, figure: KeyFigure) -> FigureRow:
        """Return one figure beside the champion's."""
        own = _number(self.of(version), figure)
        if self._champion is None or version == self._champion:
            return FigureRow(str(figure.name), percent(own), percent(None), None)
        return _beside(figure, own, _number(self.of(self._champion), figure))


def _newest_report(champion: ModelVersion) -> Mapping[str, Any] | None:
    """Return the newest comparison of the champion with another version; None if there is none."""
    compared = ModelVersion.objects.exclude(gate=None).filter(
        Q(pk=champion.pk) | Q(gate__champion=champion.name)
    )
    jobs = TrainerJob.objects.filter(
        Q(version=champion) | Q(other=champion), kind="comparison", state="done"
    )
    reports = [
        *compared.values_list("gate", flat=True), *jobs.values_list("result", flat=True),
    ]  # fmt: skip
    kept: list[Mapping[str, Any]] = [report for report in reports if report]
    return max(kept, key=lambda report: str(report.get("made_at", "")), default=None)


def difference(by: float, *, lower_is_better: bool) -> FigureDifference:
    """Return a difference of two shares in words."""
    if abs(by) < NO_DIFFERENCE:
        return FigureDifference(points(0), "same")
    return FigureDifference(points(by), "better" if (by < 0) == lower_is_better else "worse")


def percent(share: float | None) -> str:
    """Return a share as ``94.6 %``; a dash where there is none."""
    return "–" if share is None else f"{number_format(round(share * 100, 1), 1)}\N{NO-BREAK SPACE}%"


def points(by: float | None) -> str:
    """Return a difference of shares in percentage points, with its sign: ``+1.2``, ``−0.4``."""
    if by is None:
        return "–"
    rounded = round(by * 100, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{number_format(abs(rounded), 1)}"
