"""The tables as plain text, as Markdown and as a page with Fig. 4."""

from collections.abc import Sequence
from textwrap import fill
from typing import Final, NamedTuple

from django.template.loader import render_to_string

from classifier.photos.local_files import shown_path
from training.data.splits.split import SplitReport
from training.paper.experiment import ExperimentRequest, Outcomes
from training.paper.fig_4 import MEANING, PICTURE_NAME, draw_recall
from training.paper.tables import Table

WIDEST: Final = 100  # characters of a line of prose in a terminal


class Heading(NamedTuple):
    """What must be known before any number is read."""

    title: str
    sentences: list[str]


def heading(request: ExperimentRequest, outcomes: Outcomes) -> Heading:
    """Return the title and what was really run."""
    trial = request.at_most_epochs is not None
    title = "The experiments of the study, on other photos"
    if request.quick:
        title += " — quick"
    if trial:
        title += f" — a trial of at most {request.at_most_epochs} epochs"
    sentences = [
        "Quick: only the two heads were trained, on features of the frozen ImageNet backbone, "
        "without augmentation. The study trained the whole network."
        if request.quick
        else "The whole network was trained, on photos augmented on the fly.",
        "The recipe: weighted cross-entropy on both heads, summed; Adam with 1e-3 on the heads"
        + ("" if request.quick else " and 1e-4 on the backbone")
        + "; the rates halve after three epochs without a better validation accuracy; validation "
        "photos are cut from the centre. Averages are those of F1.",
        f"{len(outcomes.sets.phase_2.train)} photos to train on and "
        f"{len(outcomes.sets.phase_2.validation)} to validate on, apart by product; in Phase 1 "
        f"{len(outcomes.sets.phase_1.train)} and {len(outcomes.sets.phase_1.validation)}. These "
        "are not the study's photos, so its numbers stand beside ours for orientation, not as a "
        "comparison of methods.",
        *_left_out(outcomes.sets.report),
        "As in the study, figures are taken on the photos that steered the learning rate. "
        "For figures on photos that nothing was chosen on there is manage.py evaluate.",
        "Which of the study's tables bears which number was not known to us everywhere; the "
        "numbering is ours.",
    ]
    return Heading(title, sentences)


def _left_out(report: SplitReport) -> list[str]:
    """Return what was not used, and what is one product though nobody grouped it."""
    sentences = []
    if report.unreadable:
        names = ", ".join(shown_path(photo.path.name) for photo in report.unreadable)
        sentences.append(f"{len(report.unreadable)} photos could not be read: {names}.")
    if report.capped:
        counts = ", ".join(f"{count} of {label}" for label, count in report.capped.items())
        sentences.append(f"Left out above the cap: {counts}.")
    if report.joined:
        sentences.append(f"{report.joined} photos were joined to a product that they look like.")
    return sentences


def as_text(head: Heading, tables: Sequence[Table]) -> str:
    """Return everything as aligned plain text."""
    blocks = [head.title, *(fill(sentence, WIDEST) for sentence in head.sentences)]
    for table in tables:
        lines = [f"Table {table.number}. {table.title}"]
        label = max(len(row.label) for row in table.rows) + 2
        widths = [max(22, len(column) + 2) for column in table.columns]
        pairs = list(zip(table.columns, widths, strict=True))
        lines.append(" " * label + "".join(f"{column:>{width}}" for column, width in pairs))
        halves = f"{'study':>10}{'ours':>11}"
        lines.append(" " * label + "".join(f"{halves:>{width}}" for width in widths))
        for row in table.rows:
            cells = zip(row.cells, widths, strict=True)
            body = "".join(f"{f'{c.study:>10}{c.ours:>11}':>{width}}" for c, width in cells)
            lines.append(f"{row.label:<{label}}{body}")
        blocks.append("\n".join([*lines, *([fill(table.note, WIDEST)] if table.note else [])]))
    return "\n\n".join(blocks) + "\n"


def as_markdown(head: Heading, tables: Sequence[Table]) -> str:
    """Return everything as Markdown; Fig. 4 is the file beside it."""
    picture = f"## Fig. 4. Recall of the rare subclasses\n\n![{MEANING}]({PICTURE_NAME})"
    blocks = [f"# {head.title}", *head.sentences, picture]
    for table in tables:
        names = [f"{column}: {half}" for column in table.columns for half in ("study", "ours")]
        lines = [
            f"| | {' | '.join(names)} |",
            f"| --- |{' ---: |' * len(names)}",
        ]
        for row in table.rows:
            cells = [text for cell in row.cells for text in (cell.study, cell.ours)]
            lines.append(f"| {row.label} | {' | '.join(cells)} |")
        blocks += [f"## Table {table.number}. {table.title}", "\n".join(lines)]
        if table.note:
            blocks.append(table.note)
    return "\n\n".join(blocks) + "\n"


def as_page(head: Heading, tables: Sequence[Table], outcomes: Outcomes) -> str:
    """Return everything as one HTML file."""
    return render_to_string(
        "training/paper.html",
        {"heading": head, "tables": tables, "picture": draw_recall(outcomes).svg(MEANING)},
    )
