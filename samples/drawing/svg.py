"""SVG text: outlines, marks, and the few shapes that every drawing uses.

Outlines are SVG path data in absolute M, L, Q, C and Z commands.
"""

import re
import zlib
from collections.abc import Iterable

_NUMBER = r"-?\d+\.?\d*(?:e-?\d+)?"
_POINT = re.compile(rf"({_NUMBER})[ ,]({_NUMBER})")
_STEP = re.compile(r"([MLQC])([^MLQCZ]*)")


def points(data: str) -> list[tuple[float, float]]:
    """All points and control points of path data."""
    return [(float(x), float(y)) for x, y in _POINT.findall(data)]


def bounds(data: str, margin: float) -> tuple[float, float, float, float]:
    """x, y, width and height of a box that holds the path, and a margin on every side."""
    xs, ys = zip(*points(data), strict=True)
    left, top = min(xs) - margin, min(ys) - margin
    return left, top, max(xs) - left + margin, max(ys) - top + margin


def region(data: str, margin: float) -> str:
    """The same box as the attributes of a filter."""
    x, y, width, height = bounds(data, margin)
    return f'filterUnits="userSpaceOnUse" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'


def moved(data: str, dx: float = 0, dy: float = 0, *, flip: float | None = None) -> str:
    """Path data shifted, or mirrored at the vertical line x = flip."""

    def place(match: re.Match[str]) -> str:
        x, y = float(match[1]), float(match[2])
        return f"{(x if flip is None else 2 * flip - x) + dx:g} {y + dy:g}"

    return _POINT.sub(place, data)


def mirrored(axis: float, half: str) -> str:
    """A symmetric closed outline, given its right half from top to bottom and the x of the axis."""
    steps = [(letter, points(rest)) for letter, rest in _STEP.findall(half)]
    ends = [reached[-1] for _, reached in steps]
    back = [("L", [ends[-1]])]
    for (letter, passed), end in zip(reversed(steps[1:]), reversed(ends[:-1]), strict=True):
        back.append((letter, [*reversed(passed[:-1]), end]))
    turned = [
        letter + " ".join(f"{2 * axis - x:g} {y:g}" for x, y in passed) for letter, passed in back
    ]
    return f"{half} {' '.join(turned)} Z"


def pair(data: str, axis: float) -> tuple[str, str]:
    """Path data and its mirror image: two sleeves, two pockets."""
    return data, moved(data, flip=axis)


def ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    """An ellipse as path data."""
    kx, ky = 0.5523 * rx, 0.5523 * ry
    left, right, top, bottom = cx - rx, cx + rx, cy - ry, cy + ry
    return (
        f"M{left:g} {cy:g} C{left:g} {cy - ky:g} {cx - kx:g} {top:g} {cx:g} {top:g} "
        f"C{cx + kx:g} {top:g} {right:g} {cy - ky:g} {right:g} {cy:g} "
        f"C{right:g} {cy + ky:g} {cx + kx:g} {bottom:g} {cx:g} {bottom:g} "
        f"C{cx - kx:g} {bottom:g} {left:g} {cy + ky:g} {left:g} {cy:g} Z"
    )


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """A rectangle with rounded corners as path data."""
    r, right, bottom = radius, x + width, y + height
    return (
        f"M{x + r:g} {y:g} L{right - r:g} {y:g} Q{right:g} {y:g} {right:g} {y + r:g} "
        f"L{right:g} {bottom - r:g} Q{right:g} {bottom:g} {right - r:g} {bottom:g} "
        f"L{x + r:g} {bottom:g} Q{x:g} {bottom:g} {x:g} {bottom - r:g} "
        f"L{x:g} {y + r:g} Q{x:g} {y:g} {x + r:g} {y:g} Z"
    )


def ident(prefix: str, *content: object) -> str:
    """An element id made of nothing but the content, so that a drawing never changes by itself."""
    return f"{prefix}{zlib.crc32(repr(content).encode()):08x}"


def fill(data: str, paint: str, *, opacity: float = 1, blur: float = 0) -> str:
    """A flat shape, blurred if asked."""
    return _soft(data, f'<path d="{data}" fill="{paint}" opacity="{opacity:g}"/>', blur, 0)


def line(
    data: str,
    paint: str,
    *,
    width: float = 1,
    opacity: float = 1,
    blur: float = 0,
    dash: str = "",
    cap: str = "round",
) -> str:
    """A line along a path, blurred if asked."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = (
        f'<path d="{data}" fill="none" stroke="{paint}" stroke-width="{width:g}"'
        f' stroke-linecap="{cap}" stroke-linejoin="round" opacity="{opacity:g}"{dashes}/>'
    )
    return _soft(data, drawn, blur, width)


def _soft(data: str, drawn: str, blur: float, width: float) -> str:
    if not blur:
        return drawn
    name = ident("b", data, blur, width)
    return (
        f'<filter id="{name}" {region(data, 3 * blur + width)}>'
        f'<feGaussianBlur stdDeviation="{blur:g}"/></filter><g filter="url(#{name})">{drawn}</g>'
    )


def clipped(data: str, parts: Iterable[str]) -> str:
    """The parts, seen only inside the outline."""
    name = ident("c", data)
    window = f'<clipPath id="{name}"><path d="{data}"/></clipPath>'
    return f'{window}<g clip-path="url(#{name})">{"".join(parts)}</g>'


def placed(transform: str, *parts: str) -> str:
    """The parts moved, turned or scaled together."""
    return f'<g transform="{transform}">{"".join(parts)}</g>'


def gradient(*colours: str, angle: float = 90) -> tuple[str, str]:
    """A gradient through evenly spaced colours: its definition, and the paint that names it."""
    name = ident("g", colours, angle)
    stops = "".join(
        f'<stop offset="{n / (len(colours) - 1):.3f}" stop-color="{colour}"/>'
        for n, colour in enumerate(colours)
    )
    turn = f'gradientTransform="rotate({angle:g} .5 .5)"'
    return f'<linearGradient id="{name}" {turn}>{stops}</linearGradient>', f"url(#{name})"
