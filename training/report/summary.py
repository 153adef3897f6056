"""What `manage.py evaluate` prints: the figures that matter, in a few lines."""

from collections.abc import Mapping
from typing import Any

from classifier.photos.local_files import shown_path
from classifier.versions.stream import first_line
from training.evaluation.named_figures import Figures
from training.report.tables import figure_rows
from training.templatetags.figures import decimals, interval, share


def summary(document: Mapping[str, Any]) -> str:
    """Return the figures as an aligned table, the study's beside them, then what needs care."""
    photos, figures = document["photos"], Figures.from_dict(document["figures"])
    counts = figures.photos
    lines = [
        *_first_line(figures),
        f"{document['bundle']['name']} on {photos['count']} photos ({photos['split']}), run by "
        f"{document['engine']}: "
        f"{counts.items} items, {counts.near} near, {counts.others} others.",
        "",
        "Of one kind of photo alone:",
        f"{'':<32}{'here':>10}{'95 % interval':>18}{'the study':>12}",
    ]
    for row in figure_rows(figures):
        beside = share(row["study"]) if row["study"] else ""
        line = f"{row['label']:<32}{share(row['value']):>10}{interval(row['interval']):>18}"
        lines.append(f"{line}{beside:>12}".rstrip())
    lines.append(f"{'Novelty AUROC':<32}{decimals(figures.novelty_auroc.value, 4):>10}")
    rate = figures.novelty_fpr_at_95_tpr
    lines.append(f"{'FPR at 95 % TPR':<32}{share(rate.value):>10}{interval(rate.interval):>18}")
    lines += ["", *_robust(document["robustness"]), *_class_lines(figures), ""]
    lines += [f"Note: {note}" for note in photos["notes"]]
    lines += [
        f"Not read: {shown_path(bad['path'])}: {bad['error']}" for bad in photos["unreadable"]
    ]
    return "\n".join(lines).rstrip() + "\n"


def _first_line(figures: Figures) -> list[str]:
    """Return what becomes of everything that comes in, and how many of its tags are wrong."""
    stream = figures.stream
    if stream is None:
        return ["Of a stream nothing can be said: there are no items among these photos.", ""]
    wrong_tags = f"{share(stream['wrong_tags'])} ({interval(stream['wrong_tags_95'])})"
    return [first_line(stream), f"Of all subclass tags in it, {wrong_tags} are wrong.", ""]


def _class_lines(figures: Figures) -> list[str]:
    lines = [f"{'':<18}{'precision':>10}{'recall':>10}{'F1':>10}{'photos':>8}"]
    for level in (figures.per_main_class, figures.per_subclass):
        lines += [
            f"{name:<18}{row['precision']:>10.3f}{row['recall']:>10.3f}"
            f"{row['f1-score']:>10.3f}{row['support']:>8.0f}"
            for name, row in level.items()
        ]
        lines.append("")
    return lines[:-1]


def _robust(robustness: Mapping[str, Any]) -> list[str]:
    if not robustness["photos"]:
        return []
    shares = "".join(f"{round(100 * part):>6} %" for part in robustness["shares"])
    lines = [f"{'Subclass accuracy with a part':<32}{shares}"]
    for kind, words in (("covered", "covered"), ("cut", "cut away")):
        cells = "".join(f"{share(row['sub_accuracy']):>8}" for row in robustness[kind])
        lines.append(f"{words:<32}{cells}")
    lines += ["", f"{'Bad photos':<32}{'main':>8}{'subclass':>10}{'tagged':>8}{'wrong tags':>12}"]
    lines += [
        f"{row['name']:<32}{share(row['main_accuracy']):>8}{share(row['sub_accuracy']):>10}"
        f"{share(row['coverage']):>8}{share(row['wrong_tag_rate']):>12}"
        for row in robustness["corrupted"]
    ]
    return [*lines, ""]
