"""The gate's report as rows of a table."""

from dataclasses import dataclass

from classifier.admin.versions.key_figures import percent, points
from classifier.models import ModelVersion
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
        summary=report.summary,
        champion=report.champion,
        made_at=report.made_at[:16].replace("T", " "),
        photos=_in_words(report.photos),
        musts=[_row(criterion) for criterion in report.musts],
        gains=[_row(criterion) for criterion in report.gains],
    )


def _row(criterion: Criterion) -> CriterionRow:
    if criterion.kind == "gain":
        result = "better" if criterion.passed else "not better"
    else:
        result = "holds" if criterion.passed else "blocks"
    interval, p_value = criterion.interval, criterion.p_value
    counted = criterion.unit == "reviews"
    value, change = (_reviews, _more_reviews) if counted else (percent, points)
    return CriterionRow(
        name=criterion.name,
        champion=value(criterion.champion),
        candidate=value(criterion.candidate),
        difference=change(criterion.difference),
        interval=f"{change(interval[0])} to {change(interval[1])}" if interval else "",
        p_value="" if p_value is None else f"{p_value:.3f}",
        bound=criterion.bound,
        passed=criterion.passed,
        result=result,
        sentence=criterion.sentence,
    )


def _reviews(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f} reviews"


def _more_reviews(number: float | None) -> str:
    """Return a difference with its sign: ``−243``."""
    if number is None:
        return "–"
    text = f"{number:+,.0f}"
    return "0" if text in ("+0", "-0") else text.replace("-", "−")


def _in_words(photos: TestCounts) -> str:
    if not photos.total:
        return ""
    return (
        f"{photos.items} of the nine subclasses, {photos.near} of a main class alone, "
        f"{photos.others} not ours, {photos.reviewed} reviewed by moderators"
    )
