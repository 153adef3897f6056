"""What `manage.py cross_validate` prints: a line for each turn, then all of them together."""

from collections.abc import Mapping
from typing import Any, Final

from classifier.versions.stream import first_line
from training.templatetags.figures import interval, share

COLUMNS: Final = (
    ("main_accuracy", "main"),
    ("sub_accuracy", "subclass"),
    ("coverage", "tagged"),
    ("near_not_wrong", "near ok"),
    ("others_rejected", "rejected"),
)
WIDTH: Final = 44


def left_out_table(document: Mapping[str, Any]) -> str:
    """Return the figures as an aligned table, and below it what becomes of everything."""
    everything = document["pooled"]
    head = "".join(f"{title:>10}" for _, title in COLUMNS)
    lines = [
        f"Left out in turn: {document['leave_out']}.",
        f"{'':<{WIDTH}}{'photos':>8}{head}{'wrong tags':>12}",
        *(_line(turn) for turn in document["turns"]),
        _line(everything),
    ]
    intervals = [
        f"{title} {interval(everything[f'{name}_95'])}"
        for name, title in COLUMNS
        if everything[f"{name}_95"]
    ]
    lines.append(f"95 % intervals, all together: {', '.join(intervals)}.")
    if everything["stream"] is not None:
        lines.append(first_line(everything["stream"]))
        lines.append("Wrong tags are of all subclass tags in such a stream.")
    if not all(turn["promise_kept"] for turn in document["turns"]):
        lines.append(
            "* Photos of the other turns could not prove the promise, so thresholds are those "
            "chosen for coverage."
        )
    return "\n".join(lines) + "\n"


def _line(figures: Mapping[str, Any]) -> str:
    mark = "" if figures["promise_kept"] else " *"
    name = f"{figures['name']}{mark}"
    if len(name) > WIDTH - 1:
        name = f"{name[: WIDTH - 2]}…"
    cells = "".join(f"{share(figures[key]):>10}" for key, _ in COLUMNS)
    wrong = figures["stream"]["wrong_tags"] if figures["stream"] else None
    return f"{name:<{WIDTH}}{sum(figures['photos'].values()):>8}{cells}{share(wrong):>12}"
