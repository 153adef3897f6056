"""The gate's reasons in sentences."""

from collections.abc import Sequence
from typing import Protocol

from training.evaluation.paired import Difference


class Judged(Protocol):
    """What a summary needs of a criterion."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def passed(self) -> bool: ...


def must_words(
    name: str, found: Difference, passed: bool, margin: float,
    *, photos: int | None = None, certain: bool = False,
) -> str:  # fmt: skip
    """Return what became of a figure that must not get worse."""
    counted = f" on {photos} photos" if photos is not None else ""
    words = f"{_sentence_case(name)} {_moved(found)}{counted}{_spread(found)}"
    if passed:
        return f"{words}. That is within what is allowed."
    if certain and abs(found.difference) <= margin:
        return f"{words}. That is a loss that chance does not explain."
    return f"{words}. A loss of up to {100 * margin:.3g} points is allowed."


def gain_words(name: str, found: Difference, passed: bool, *, lower_is_better: bool) -> str:
    """Return whether a figure is better for certain."""
    words = f"{_sentence_case(name)} {_moved(found)}{_spread(found)}"
    if passed:
        return f"{words}. That is better, and chance does not explain it."
    better = found.difference < 0 if lower_is_better else found.difference > 0
    return f"{words}. {'Chance could explain it' if better else 'That is no gain'}."


def missing_words(name: str, count: int, fewest: int) -> str:
    """Return why a figure could not be compared."""
    if not count:
        return f"{_sentence_case(name)} cannot be compared: no test photo tells of it."
    return (
        f"{_sentence_case(name)} cannot be compared: there are {count} test photos, and it takes "
        f"{fewest} to see a loss."
    )


def summary_words(criteria: Sequence[Judged]) -> str:
    """Return the verdict and its reasons in one sentence."""
    broken = [c.name for c in criteria if c.kind == "must" and not c.passed]
    better = [c.name for c in criteria if c.kind == "gain" and c.passed]
    if broken:
        rest = f", although {listed(better)} got better" if better else ""
        return f"Rejected because of {listed(broken)}{rest}."
    if not better:
        return "Rejected because nothing got better for certain, though nothing got worse either."
    return f"Better in {listed(better)}, and no worse in anything that counts."


def listed(names: Sequence[str]) -> str:
    """Return names as they are said: one, two and three."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def _moved(found: Difference) -> str:
    before, after = _percent(found.champion), _percent(found.candidate)
    if before == after:
        return f"stayed at {after}"
    return f"{'rose' if found.difference > 0 else 'fell'} from {before} to {after}"


def _spread(found: Difference) -> str:
    parts = []
    if found.high > found.low:
        low, high = (f"{100 * bound:+.1f}".replace("-", "−") for bound in (found.low, found.high))
        parts.append(f"{low} to {high} points with 90 % certainty")
    if found.lost or found.gained:
        parts.append(f"{found.gained} gained, {found.lost} lost")
    return f" ({'; '.join(parts)})" if parts else ""


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%"
