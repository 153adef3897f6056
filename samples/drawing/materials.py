"""Leather, cloth, straw, enamel: surfaces that take light, grain and folds."""

from dataclasses import dataclass

from .svg import bounds, clipped, fill, ident, line, region

_FLAT = 0.82  # brightness of a surface that faces the viewer; the rest is left for highlights
_LIGHT = '<feDistantLight azimuth="235" elevation="58"/>'
_RAKING = '<feDistantLight azimuth="235" elevation="28"/>'  # only slopes towards it shine


@dataclass(frozen=True)
class Material:
    """How a surface answers light: lengths in pixels, strengths from 0 (none) upwards."""

    grain: str = "0.9"  # frequency of the fine texture, across and down
    relief: float = 0.6  # how much the fine texture stands out
    drape: str = "0.012 0.003"  # frequency of the folds, across and down
    folds: float = 0.0  # how deep the folds are
    puff: float = 12.0  # how far the rounding of the edge reaches inwards
    depth: float = 7.0  # how round the edge is
    gloss: float = 0.0  # strength of the highlight along the edge
    shine: float = 18.0  # how small that highlight is
    sheen: float = 0.0  # strength of the highlight on folds
    wobble: float = 4.0  # how far the outline strays from the drawn line

    def filter(self, name: str, area: str, seed: int) -> str:
        """The SVG filter that turns a flat shape into this material."""
        return (
            f'<filter id="{name}" {area} color-interpolation-filters="sRGB">'
            f"{_noise('0.011', 2, seed, 'stray')}"
            f'<feDisplacementMap in="SourceGraphic" in2="stray" scale="{self.wobble:g}"'
            ' xChannelSelector="R" yChannelSelector="G" result="ink"/>'
            f"{_blur('ink', self.puff, 'dome')}"
            f"{_noise(self.grain, 3, seed + 1, 'fine')}"
            f"{_noise(self.drape, 2, seed + 2, 'coarse')}{_blur('coarse', 3, 'cloth')}"
            f"{_lit('dome', self.depth, 'hard')}{_blur('hard', 2, 'shade')}"
            f"{_lit('fine', self.relief, 'texture')}"
            f"{_lit('cloth', self.folds, 'raw')}{_blur('raw', 1.5, 'creases')}"
            f"{_times('ink', 'shade')}{_times('body', 'texture')}{_times('body', 'creases')}"
            f"{_glint('dome', self.depth, self.gloss, self.shine)}"
            f"{_glint('cloth', self.folds, self.sheen, 10)}"
            '<feComposite in2="ink" operator="in"/></filter>'
        )


def _noise(frequency: str, octaves: int, seed: int, result: str) -> str:
    return (
        f'<feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="{octaves}"'
        f' seed="{seed}" result="{result}"/>'
    )


def _blur(source: str, deviation: float, result: str) -> str:
    return f'<feGaussianBlur in="{source}" stdDeviation="{deviation:g}" result="{result}"/>'


def _lit(relief: str, scale: float, result: str) -> str:
    """A white surface with this relief under the lamp; flat parts come out at _FLAT."""
    return (
        f'<feDiffuseLighting in="{relief}" surfaceScale="{scale:g}" lighting-color="#fff"'
        f' diffuseConstant="{_FLAT / 0.848:.3f}" result="{result}">{_LIGHT}</feDiffuseLighting>'
    )


def _times(first: str, second: str) -> str:
    """The product of two images, scaled so that a flat surface keeps its colour."""
    return (
        f'<feComposite in="{first}" in2="{second}" operator="arithmetic" k1="{1 / _FLAT:.3f}"'
        ' result="body"/>'
    )


def _glint(relief: str, scale: float, strength: float, shine: float) -> str:
    """Highlights of the relief, added to the body."""
    return (
        f'<feSpecularLighting in="{relief}" surfaceScale="{scale:g}" lighting-color="#fff"'
        f' specularConstant="{strength:g}" specularExponent="{shine:g}">{_RAKING}'
        '</feSpecularLighting><feGaussianBlur stdDeviation="2.5" result="glint"/>'
        '<feComposite in="body" in2="glint" operator="arithmetic" k2="1" k3="1" result="body"/>'
    )


LEATHER = Material("0.55", 0.6, "0.012 0.010", 9, puff=9, depth=6, gloss=0.5, sheen=0.25)
PEBBLED = Material("0.28", 1.5, "0.010 0.008", 8, puff=10, depth=6, gloss=0.4, sheen=0.3)
PATENT = Material("0.02", 0.4, folds=6, puff=10, depth=9, gloss=1, shine=24, sheen=0.35, wobble=2)
SUEDE = Material("0.8", 1.2, "0.02 0.02", 7, puff=10, depth=5)
WOOL = Material("0.7", 1.7, "0.010 0.004", 13, puff=9, depth=5)
COTTON = Material("0.9", 0.7, "0.016 0.005", 13, puff=6, depth=3.5)
FLOWING = Material("0.9", 0.5, "0.022 0.0022", 22, puff=7, depth=4)
SATIN = Material("0.9", 0.2, "0.016 0.004", 26, puff=9, depth=5, sheen=0.3)
SILK = Material("0.9", 0.15, "0.009 0.003", 11, puff=8, depth=4, sheen=0.28)
DENIM = Material("0.6 0.9", 1.3, "0.014 0.010", 10, puff=5, depth=4)
CANVAS = Material("0.5", 1.2, "0.012 0.006", 11, puff=7, depth=4)
NYLON = Material("0.05 0.04", 1.6, "0.03 0.02", 9, puff=9, depth=11, gloss=0.5, sheen=0.2)
STRAW = Material("0.10 0.5", 2.2, folds=6, puff=12, depth=8, wobble=3)
ROCK = Material("0.03 0.05", 9, puff=3, depth=2, wobble=22)
ENAMEL = Material(relief=0.1, puff=6, depth=6, gloss=0.7, shine=20, wobble=0)
LEAF = Material(relief=0.2, folds=1, puff=3, depth=3, wobble=0)
MATTE = Material(relief=0.3, folds=2, puff=7, depth=5, wobble=1)


def piece(data: str, paint: str, material: Material, *details: str, lift: float = 0) -> str:
    """A shape cut from a material and lifted so many pixels; the details are printed on it."""
    name = ident("m", data, paint, material)
    x, y, w, h = bounds(data, 0)
    made = material.filter(name, region(data, 3 * material.puff + 8), int(x + 3 * y + w + h) % 97)
    cut = clipped(data, [fill(data, paint), *details])
    return f'{shadow(data, lift)}{made}<g filter="url(#{name})">{cut}</g>'


def band(
    data: str, paint: str, width: float, material: Material, *, lift: float = 0, cap: str = "butt"
) -> str:
    """A strap, handle or cord along an open path."""
    name = ident("m", data, paint, width, material)
    made = material.filter(name, region(data, width + 3 * material.puff), 7)
    drawn = line(data, paint, width=width, cap=cap)
    return f'{shadow(data, lift, width=width)}{made}<g filter="url(#{name})">{drawn}</g>'


def shadow(data: str, lift: float, *, width: float = 0) -> str:
    """The soft shadow of a shape, or of a line of some width, that lies so many pixels up."""
    if not lift:
        return ""
    blur, tone = max(0.8 * lift, 0.5), "#120c08"
    if width:
        cast = line(data, tone, width=width, opacity=0.42, blur=blur, cap="butt")
    else:
        cast = fill(data, tone, opacity=0.42, blur=blur)
    return f'<g transform="translate({0.45 * lift:g} {0.8 * lift:g})">{cast}</g>'


def seam(data: str, *, strength: float = 0.5) -> str:
    """A sewn line: a dark groove with a lit lip below it."""
    lip = line(data, "#fff", width=1.6, opacity=0.35 * strength, blur=0.7)
    groove = line(data, "#000", width=1.8, opacity=strength, blur=0.5)
    return f'{groove}<g transform="translate(1 2)">{lip}</g>'


def stitches(data: str, colour: str, *, width: float = 1.5, opacity: float = 0.8) -> str:
    """A row of stitches."""
    return line(data, colour, width=width, opacity=opacity, dash="5 3", cap="butt")


def fold(data: str, *, width: float = 16, strength: float = 0.35) -> str:
    """A soft fold: a valley of shade with a ridge of light beside it."""
    ridge = line(data, "#fff", width=0.6 * width, opacity=0.45 * strength, blur=0.35 * width)
    valley = line(data, "#000", width=width, opacity=strength, blur=0.4 * width)
    return f'{valley}<g transform="translate({-0.8 * width:g} 0)">{ridge}</g>'
