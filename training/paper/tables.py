"""Tables I to VIII: the study's number beside ours.

The study's figures came to us by content, not all by table number. I to VIII are in the order in
which the experiments are told: Phase 1 (I, II), the photos (III), Phase 2 (IV to VII), the rare
subclasses (VIII).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from training import published
from training.evaluation.scoring import Truth, truth_of
from training.paper.experiment import Outcomes
from training.paper.figures import Column, main_column, recall_of, sub_column
from training.paper.recipe import PhaseRun

NOTHING: Final = "–"
MAIN_RIGHT: Final = (
    "Over the photos whose main class is right. The study's supports are smaller than that would "
    "make them, so it seems to have counted only photos that passed its decision rules too; the "
    "last two rows say what the 0.7 / 0.7 rules tag."
)
UNKNOWN_ROW: Final = (
    "In Phase 2, the study's macro averages near .73 beside accuracies of .98 would fit a report "
    "with a fourth row, unknown, that no photo belongs to. That is our reading; the row says what "
    "it gives here."
)


class Cell(NamedTuple):
    """A figure of the study and ours, as text."""

    study: str
    ours: str


class TableRow(NamedTuple):
    """A line of a table."""

    label: str
    cells: list[Cell]


class Table(NamedTuple):
    """One table; each column has a study's half and ours."""

    number: str
    title: str
    columns: list[str]
    rows: list[TableRow]
    note: str = ""


def build_tables(outcomes: Outcomes) -> list[Table]:
    """Return Tables I to VIII."""
    truth_1 = truth_of(outcomes.sets.phase_1.validation)
    truth_2 = truth_of(outcomes.sets.phase_2.validation)
    tables = [
        _main_table(
            "I",
            "Phase 1, main classes, batch size 4",
            outcomes.phase_1,
            truth_1,
            published.PHASE_1_EPOCHS,
            published.PHASE_1_MAIN,
        ),
        _sub_table(
            "II",
            "Phase 1, subclasses, batch size 4",
            outcomes.phase_1,
            truth_1,
            published.PHASE_1_EPOCHS,
            published.PHASE_1_SUB,
        ),
        _images_used(outcomes),
    ]
    for kind, build, study, numbers in (
        ("main classes", _main_table, published.PHASE_2_MAIN, ("IV", "V")),
        ("subclasses", _sub_table, published.PHASE_2_SUB, ("VI", "VII")),
    ):
        for number, (size, run) in zip(numbers, outcomes.phase_2.items(), strict=True):
            title = f"Phase 2, {kind}, batch size {size}"
            table = build(number, title, run, truth_2, published.PHASE_2_EPOCHS, study[size])
            if kind == "main classes":
                table.rows.append(_best_validation(size, run, len(table.columns)))
            tables.append(table)
    return [*tables, _rare_recall(outcomes, truth_1, truth_2)]


def _main_table(
    number: str,
    title: str,
    run: PhaseRun,
    truth: Truth,
    epochs: Sequence[int],
    study: Sequence[published.Figures],
) -> Table:
    ours = {epoch: main_column(scores, truth) for epoch, scores in run.scores.items()}
    beside = _beside(ours, epochs, study)
    unknown = [Cell("", _share(column.macro_with_unknown)) for column in ours.values()]
    rows = [*_common_rows(ours, beside), TableRow("Macro average with a row for unknown", unknown)]
    return Table(number, title, _epochs(ours), rows, UNKNOWN_ROW)


def _sub_table(
    number: str,
    title: str,
    run: PhaseRun,
    truth: Truth,
    epochs: Sequence[int],
    study: Sequence[published.Figures],
) -> Table:
    ours = {epoch: sub_column(scores, truth) for epoch, scores in run.scores.items()}
    beside = _beside(ours, epochs, study)
    tagged = [Cell("", str(column.tagged)) for column in ours.values()]
    right = [Cell("", _share(column.tagged_accuracy)) for column in ours.values()]
    rows = [
        *_common_rows(ours, beside),
        TableRow("Tagged at 0.7 / 0.7", tagged),
        TableRow("Accuracy of these tags", right),
    ]
    return Table(number, title, _epochs(ours), rows, MAIN_RIGHT)


def _beside(
    ours: dict[int, Column], epochs: Sequence[int], study: Sequence[published.Figures]
) -> list[published.Figures | None]:
    """Return the study's column for each of ours; a trial run's lengths have none."""
    known = dict(zip(epochs, study, strict=True))
    return [known.get(epoch) for epoch in ours]


def _common_rows(
    ours: dict[int, Column], beside: Sequence[published.Figures | None]
) -> list[TableRow]:
    pairs = list(zip(beside, ours.values(), strict=True))
    return [
        TableRow(
            "Accuracy", [Cell(_published(s and s.accuracy), _share(o.accuracy)) for s, o in pairs]
        ),
        TableRow(
            "Macro average", [Cell(_published(s and s.macro), _share(o.macro)) for s, o in pairs]
        ),
        TableRow(
            "Weighted average",
            [Cell(_published(s and s.weighted), _share(o.weighted)) for s, o in pairs],
        ),
        TableRow(
            "Support", [Cell(str(s.support) if s else NOTHING, str(o.support)) for s, o in pairs]
        ),
    ]


def _best_validation(size: int, run: PhaseRun, columns: int) -> TableRow:
    best = Cell(f"{published.BEST_VALIDATION[size]:.4f}", f"{run.best_main:.4f}")
    return TableRow("Best validation accuracy", [Cell("", "")] * (columns - 1) + [best])


def _images_used(outcomes: Outcomes) -> Table:
    used_1, used_2 = outcomes.sets.phase_1.used(), outcomes.sets.phase_2.used()
    rows = [
        TableRow(
            name,
            [Cell(str(one), str(used_1[name])), Cell(str(two or NOTHING), str(used_2[name]))],
        )
        for name, (one, two) in published.IMAGES_USED.items()
    ]
    note = f"{outcomes.sets.selection} Photos are capped at 2,000 a subclass and split 80/20."
    return Table("III", "Images used", ["Phase 1", "Phase 2"], rows, note)


def _rare_recall(outcomes: Outcomes, truth_1: Truth, truth_2: Truth) -> Table:
    """Return recall after the longest training; Phase 2 with batch size 16."""
    first = outcomes.phase_1.scores[max(outcomes.phase_1.scores)]
    run = outcomes.phase_2[min(outcomes.phase_2)]
    second = run.scores[max(run.scores)]
    rows = []
    for name, (one, two) in published.RARE_RECALL.items():
        cells = [
            Cell(_counted(one.recall, one.support), _counted(*recall_of(name, first, truth_1))),
            Cell(_counted(two.recall, two.support), _counted(*recall_of(name, second, truth_2))),
            Cell("", _counted(*recall_of(name, outcomes.phase_1_on_phase_2, truth_2))),
        ]
        rows.append(TableRow(name, cells))
    columns = ["Phase 1", "Phase 2", "Phase 1's network on Phase 2's photos"]
    note = (
        "Support in brackets; so few photos say little, hence the last column: both networks on "
        "the same held-out photos. After the longest training; Phase 2 with batch size 16."
    )
    return Table("VIII", "Recall of the rare subclasses", columns, rows, note)


def _epochs(ours: dict[int, Column]) -> list[str]:
    return [f"{epoch} epochs" if epoch != 1 else "1 epoch" for epoch in ours]


def _counted(recall: float | None, support: int) -> str:
    return f"{_share(recall, 2)} ({support})"


def _share(value: float | None, places: int = 3) -> str:
    return NOTHING if value is None else f"{value:.{places}f}"


def _published(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
