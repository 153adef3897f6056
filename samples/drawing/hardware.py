"""Metal: clasps, buckles, zips, rings and chains."""

from math import atan2, degrees, dist

from .materials import shadow
from .svg import ellipse, fill, gradient, line, placed, points

GOLD = ("#6d4a12", "#f3d98b", "#b98a2f", "#fff3c4", "#a3741f", "#5b3c0c")
SILVER = ("#5d6166", "#f4f6f8", "#a5abb0", "#ffffff", "#8b9196", "#4c5055")


def metal(data: str, tones: tuple[str, ...] = GOLD, *, lift: float = 3, angle: float = 60) -> str:
    """A polished part: clasp, buckle, plate, rivet."""
    made, paint = gradient(*tones, angle=angle)
    return shadow(data, lift) + made + fill(data, paint) + line(data, tones[0], opacity=0.8)


def wire(data: str, width: float, tones: tuple[str, ...] = GOLD, *, lift: float = 3) -> str:
    """Bent metal of even thickness: rings, zips, spokes."""
    rim = line(data, tones[0], width=width, cap="butt")
    core = line(data, tones[2], width=0.7 * width, cap="butt")
    glint = line(data, tones[3], width=0.25 * width, opacity=0.9, cap="butt")
    return shadow(data, lift, width=width) + rim + core + placed("translate(-.4 -.6)", glint)


def chain(data: str, *, size: float = 17) -> str:
    """A chain along a path of cubics: links seen flat and edge-on by turns."""
    flat = wire(ellipse(0, 0, 0.62 * size, 0.4 * size), 0.26 * size, lift=0)
    edge = wire(f"M{-0.5 * size:g} 0 L{0.5 * size:g} 0", 0.3 * size, lift=0)
    links = [
        placed(f"translate({x:.1f} {y:.1f}) rotate({turn:.1f})", edge if n % 2 else flat)
        for n, (x, y, turn) in enumerate(_along(data, 0.8 * size))
    ]
    return shadow(data, 6, width=0.7 * size) + "".join(links)


def _along(data: str, step: float) -> list[tuple[float, float, float]]:
    """Evenly spaced points of a path of cubics: x, y and the direction in degrees."""
    start, *rest = points(data)
    found, last, travelled = [], start, 0.0
    for curve in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        for n in range(1, 401):
            here = _cubic(start, *curve, n / 400)
            travelled += dist(here, last)
            if travelled >= step:
                found.append((*here, degrees(atan2(here[1] - last[1], here[0] - last[0]))))
                travelled -= step
            last = here
        start = curve[-1]
    return found


Point = tuple[float, float]


def _cubic(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """The point at t of a Bezier curve (Bernstein form)."""
    u = 1 - t
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x, y = (
        sum(w * v for w, v in zip(weights, along, strict=True))
        for along in zip(a, b, c, d, strict=True)
    )
    return x, y
