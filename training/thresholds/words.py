"""What a promise came to, in a few lines."""

from collections.abc import Sequence

from training.calibration.promise import Promised
from training.templatetags.figures import share


def promise_table(rows: Sequence[Promised]) -> str:
    """Return what each promised risk would come to, a line each, with the coverage by class."""
    classes = [group.classes for group in rows[0].fitted]
    heads = "".join(f"{' and '.join(names):>16}" for names in classes)
    lines = [
        f"{'wrong at most':<16}{'items tagged':>14}{'wrong, found':>14}"
        + (heads if len(classes) > 1 else "")
    ]
    for row in rows:
        wrong = share(row.wrong_tag_rate)
        line = f"{share(row.promise.risk):<16}{share(row.coverage):>14}{wrong:>14}"
        if len(classes) > 1:
            line += "".join(
                f"{share(group.coverage) if group.threshold is not None else 'cannot':>16}"
                for group in row.fitted
            )
        lines.append(line)
    return "\n".join(lines)


def promise_words(promised: Promised) -> str:
    """Return what is promised, and for whom it cannot be."""
    promise = promised.promise
    whose = "" if promise.per == "all" else ", in each main class"
    words = (
        f"Of all subclass tags in such a stream{whose} at most {share(promise.risk)} are wrong, "
        f"with {100 * promise.confidence:.3g} % certainty; chosen on {promised.photos} held-out "
        f"photos. Tagged: {share(promised.coverage)} of the items."
    )
    without = [group.classes for group in promised.fitted if group.threshold is None]
    silent = [name for names in without for name in names]
    if silent:
        words += f" For {' and '.join(silent)} it cannot be kept, so they get no subclass tags."
    return words
