"""Matplotlib pictures as SVG that take their colours and font from the page.

A picture is drawn with placeholder colours; in the SVG each becomes a CSS variable of the page, so
that one picture suits the light and the dark theme.
"""

import re
from collections.abc import Mapping
from io import StringIO
from types import MappingProxyType
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Placeholder of each CSS variable; the values only have to be unlike each other.
COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ink": "#010203",
        "muted": "#040506",
        "line": "#070809",
        "paper": "#0a0b0c",
        "clothing": "#0d0e0f",
        "shoes": "#101112",
        "bags": "#131415",
        "accent": "#161718",
        "good": "#191a1b",
        "bad": "#1c1d1e",
        "study": "#1f2021",
    }
)
FONT: Final = "DejaVu Sans"  # comes with matplotlib; pages replace it by the reader's own
STYLE: Final[Any] = {  # its keys' type is matplotlib's list of all settings
    "svg.fonttype": "none",
    "svg.hashsalt": "slowfashion",  # the same figures give the same file
    "font.family": FONT,
    "font.size": 10,
    "text.color": COLOURS["ink"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.edgecolor": COLOURS["line"],
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.7,
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["muted"],
    "figure.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}

# Inches beside the axes, for numbers and their names.
LEFT: Final = 0.72
RIGHT: Final = 0.2
BELOW: Final = 0.5
BARE: Final = 0.12  # above them, where nothing stands
TITLED: Final = 0.34


class Picture:
    """A figure with one pair of axes, drawn in the page's style.

    Use it as a context manager; `svg` or `file` returns the picture afterwards, with a text for
    readers who cannot see it. What stands side by side are two pictures: on a phone they stack.
    The axes of pictures of one size are of one size, too.

    Args:
        width, height: inches.
        above: inches over the axes, which a title or a legend there needs.
    """

    def __init__(self, width: float, height: float, *, above: float = BARE) -> None:
        self._style = rc_context(STYLE)
        self._size, self._above = (width, height), above

    def __enter__(self) -> Axes:
        self._style.__enter__()
        self._figure = Figure(figsize=self._size)
        (width, height), across = self._size, self._size[0] - LEFT - RIGHT
        up = height - BELOW - self._above
        # Not a layout of matplotlib's: it draws every picture twice, to measure its text first.
        return self._figure.add_axes((LEFT / width, BELOW / height, across / width, up / height))

    def __exit__(self, *error: Any) -> None:
        file = StringIO()
        self._figure.savefig(file, format="svg", metadata={"Date": None})
        self._style.__exit__(*error)
        self._drawn = file.getvalue()

    def svg(self, description: str) -> SafeString:
        """Return the picture for a page; ``description`` is plain text of ours."""
        return _themed(self._drawn, description)

    def file(self, description: str) -> str:
        """Return the picture as a file of its own, which brings the pages' colours along."""
        palette = render_to_string("training/_palette.css")
        style = f"<style>{palette}svg {{ background: var(--paper); }}</style>"
        return _themed(self._drawn, description).replace(">", f">{style}", 1) + "\n"


def _themed(svg: str, description: str) -> SafeString:
    body = svg[svg.index("<svg") :].rstrip()
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)  # several pictures share a page
    for name, placeholder in COLOURS.items():
        body = body.replace(placeholder, f"var(--{name})")
    body = body.replace(f"'{FONT}'", "var(--font)").replace(FONT, "var(--font)")
    body = re.sub(r' width="[^"]*pt"', "", re.sub(r' height="[^"]*pt"', "", body, count=1), count=1)
    opening = f'<svg role="img" aria-label="{description}"'
    return mark_safe(body.replace("<svg", opening, 1))  # noqa: S308  # drawn here, from numbers and class names
