"""The tables as plain text, as Markdown and as a page, with Fig. 4 as a picture."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from training import study
from training.paper.experiment import ExperimentRequest, Outcomes
from training.paper.figures import recall_of
from training.paper.tables import Table
from training.report.themed import COLOURS, Picture
from training.scoring import truth_of

BAR: Final = 0.2


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
        "As in the study, figures are taken on the photos that steered the learning rate. "
        "For figures on photos that nothing was chosen on there is manage.py evaluate.",
        "Which of the study's tables bears which number was not known to us everywhere; the "
        "numbering is ours.",
    ]
    return Heading(title, sentences)


def as_text(head: Heading, tables: Sequence[Table]) -> str:
    """Return everything as aligned plain text."""
    blocks = [head.title, *head.sentences]
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
        blocks.append("\n".join([*lines, *([table.note] if table.note else [])]))
    return "\n\n".join(blocks) + "\n"


def as_markdown(head: Heading, tables: Sequence[Table]) -> str:
    """Return everything as Markdown."""
    blocks = [f"# {head.title}", *head.sentences]
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
        {"heading": head, "tables": tables, "picture": recall_picture(outcomes)},
    )


def recall_picture(outcomes: Outcomes) -> SafeString:
    """Draw Fig. 4: recall of the rare subclasses in both phases, the study's and ours.

    Ours are both on Phase 2's held-out photos; on Phase 1's own, a bar would stand for three.
    """
    truth = truth_of(outcomes.sets.phase_2.validation)
    first = outcomes.phase_1_on_phase_2
    run = outcomes.phase_2[min(outcomes.phase_2)]
    second = run.found[max(run.found)]
    names = list(study.RARE_RECALL)
    series: tuple[tuple[str, str, float, Sequence[float | None]], ...] = (
        ("study, Phase 1", "study", 0.45, [study.RARE_RECALL[n][0].recall for n in names]),
        ("study, Phase 2", "study", 1.0, [study.RARE_RECALL[n][1].recall for n in names]),
        ("ours, Phase 1", "accent", 0.45, [recall_of(n, first, truth)[0] for n in names]),
        ("ours, Phase 2", "accent", 1.0, [recall_of(n, second, truth)[0] for n in names]),
    )
    picture = Picture(9.4, 4.2)
    with picture as (axes,):
        for place, (label, colour, strength, recalls) in enumerate(series):
            across = [i + (place - 1.5) * BAR for i in range(len(names))]
            heights = [recall or 0.0 for recall in recalls]
            axes.bar(across, heights, 0.9 * BAR, label=label, color=COLOURS[colour], alpha=strength)
            for x, recall in zip(across, recalls, strict=True):
                text = "–" if recall is None else f"{100 * recall:.0f}"
                axes.text(x, (recall or 0) + 0.015, text, ha="center", fontsize=8)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylim(0, 1.08)
        axes.set_ylabel("recall")
        axes.grid(visible=False, axis="x")
        axes.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return picture.svg("Recall of the six rare subclasses in both phases, in per cent.")
