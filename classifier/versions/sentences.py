"""What the sentences of the gate and of a shadow share; without Django, as the gate is."""

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """Return names as they are said: one, two and three."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
