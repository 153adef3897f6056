"""The comparison as a table in Markdown."""

from collections.abc import Mapping

from benchmarks.novelty.figures import Figure, Line

BETTER = "**"


def table(far: Mapping[str, Line], near: Mapping[str, Line]) -> str:
    """Return one line for each detector; bold is what beats the reference for certain."""
    head = [
        "| | others: AUROC | others let in | near: AUROC | near let in |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = [
        " | ".join(
            [
                f"| {name}",
                _area(far[name].auroc),
                _rate(far[name].fpr),
                _area(near[name].auroc),
                f"{_rate(near[name].fpr)} |",
            ]
        )
        for name in far
    ]
    return "\n".join([*head, *rows])


def _area(figure: Figure) -> str:
    return _marked(figure, better=(figure.difference or 0) > 0, scale=1, form=".3f", unit="")


def _rate(figure: Figure) -> str:
    return _marked(figure, better=(figure.difference or 0) < 0, scale=100, form=".1f", unit=" %")


def _marked(figure: Figure, *, better: bool, scale: float, form: str, unit: str) -> str:
    bold = BETTER if better and figure.differs else ""
    value = f"{bold}{figure.value * scale:{form}}{unit}{bold}"
    if figure.interval is None:
        return value
    low, high = (end * scale for end in figure.interval)
    return f"{value} ({low:{form}}–{high:{form}})"
