"""The gate's report as rows of a table."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from classifier.admin.dates import in_admin
from classifier.admin.versions.key_figures import percent, points
from classifier.models import ModelVersion
from classifier.sentences import figure, in_language, phrase
from classifier.versions.gate_report import Criterion, GateReport, TestCounts


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: the numbers, and what they mean."""

    name: str
    champion: str
    candidate: str
    difference: str
    interval: str
    p_value: str
    bound: str
    passed: bool
    blocks: bool
    result: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate's report on a version, as the page shows it.

    Attributes:
        musts: what must not get worse; each has to hold.
        gains: of which one has to be better.
        photos: what both models were evaluated on, in words.
    """

    promotes: bool
    summary: str
    champion: str
    made_at: str
    photos: str
    musts: list[CriterionRow]
    gains: list[CriterionRow]


def gate_view(version: ModelVersion) -> GateView | None:
    """Return the gate's report of a version, or None if it was never judged."""
    return view_of(GateReport.from_dict(version.gate)) if version.gate else None


def view_of(report: GateReport) -> GateView:
    """Return a report of the gate as a page shows it."""
    return GateView(
        promotes=report.promote,
        summary=in_language(report.summary),
        champion=report.champion,
        made_at=_moment(report.made_at),
        photos=_in_words(report.photos),
        musts=[_row(criterion) for criterion in report.musts],
        gains=[_row(criterion) for criterion in report.gains],
    )


def _row(criterion: Criterion) -> CriterionRow:
    if criterion.kind == "gain":
        result = _("better") if criterion.passed else _("not better")
    else:
        result = _("holds") if criterion.passed else _("blocks")
    interval, p_value = criterion.interval, criterion.p_value
    counted = criterion.unit == "reviews"
    value, change = (_reviews, _more_reviews) if counted else (percent, points)
    return CriterionRow(
        name=figure(criterion.name),
        champion=value(criterion.champion),
        candidate=value(criterion.candidate),
        difference=change(criterion.difference),
        interval=_("%(low)s to %(high)s")
        % {"low": change(interval[0]), "high": change(interval[1])}
        if interval
        else "",
        p_value="" if p_value is None else number_format(p_value, 3),
        bound=phrase(criterion.bound),
        passed=criterion.passed,
        blocks=criterion.kind == "must" and not criterion.passed,
        result=result,
        sentence=in_language(criterion.sentence),
    )


def _reviews(number: float | None) -> str:
    return "–" if number is None else _("%(count)s reviews") % {"count": f"{number:,.0f}"}


def _more_reviews(number: float | None) -> str:
    """Return a difference with its sign: ``−243``."""
    if number is None:
        return "–"
    text = f"{number:+,.0f}"
    return "0" if text in ("+0", "-0") else text.replace("-", "−")


def _in_words(photos: TestCounts) -> str:
    if not photos.total:
        return ""
    words = _(
        "%(items)d of the nine subclasses, %(near)d of a main class alone, %(others)d not ours, "
        "%(reviewed)d reviewed by moderators"
    )
    return words % asdict(photos)


def _moment(made_at: str) -> str:
    """Return a moment in ISO 8601 as the admin writes moments; as it is if it is none."""
    try:
        return in_admin(datetime.fromisoformat(made_at))
    except ValueError:
        return made_at
