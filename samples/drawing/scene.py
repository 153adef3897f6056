"""Where the goods lie or stand: backdrops, ground shadows and the finished picture."""

from dataclasses import dataclass

from .svg import box, ellipse, fill, gradient, ident, region


@dataclass(frozen=True)
class Backdrop:
    """What is behind and under the goods: a surface between two colours."""

    surface: str  # "studio", "wood", "linen" or "concrete"
    light: str
    dark: str

    def draw(self, width: int, height: int) -> str:
        """The backdrop, as large as the picture."""
        if self.surface == "wood":
            return self._planks(width, height)
        whole = box(0, 0, width, height)
        if self.surface == "linen":
            across = self._noisy(whole, "0.06 0.5", 1.4, 32)
            return f'{self._noisy(whole, "0.5 0.06", 1.4, 31)}<g opacity=".5">{across}</g>'
        if self.surface == "concrete":
            return self._noisy(whole, "0.035", 1.2, 41)
        made, paint = gradient(self.light, self.light, self.dark, self.light)
        return made + fill(whole, paint)

    def _noisy(self, data: str, frequency: str, relief: float, seed: int) -> str:
        """A shape whose colour runs between dark and light with a noise, in slight relief."""
        name = ident("t", data, frequency, seed)
        tables = "".join(
            f'<feFunc{channel} type="table" tableValues="{lo:.3f} {lo:.3f} {hi:.3f} {hi:.3f}"/>'
            for channel, lo, hi in zip("RGB", _levels(self.dark), _levels(self.light), strict=True)
        )
        return (
            f'<filter id="{name}" {region(data, 0)} color-interpolation-filters="sRGB">'
            f'<feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="4"'
            f' seed="{seed}" result="noise"/>'
            '<feColorMatrix values="1 0 0 0 0  1 0 0 0 0  1 0 0 0 0  0 0 0 0 1"/>'
            f'<feComponentTransfer result="colour">{tables}</feComponentTransfer>'
            f'<feDiffuseLighting in="noise" surfaceScale="{relief:g}" lighting-color="#fff">'
            '<feDistantLight azimuth="235" elevation="65"/></feDiffuseLighting>'
            '<feComposite in2="colour" operator="arithmetic" k1="1.1"/></filter>'
            f'<path d="{data}" filter="url(#{name})"/>'
        )

    def _planks(self, width: int, height: int) -> str:
        """A wooden floor of six boards, no two alike."""
        parts = []
        step = height / 6
        for row in range(7):
            top = (row - 0.4) * step
            board = box(0, top, width, step)
            joint = width * (0.23, 0.71, 0.48)[row % 3]
            parts.append(self._noisy(board, "0.005 0.13", 0.9, 11 + row))
            parts.append(fill(board, "#000", opacity=(0.0, 0.10, 0.04, 0.14)[row % 4]))
            parts.append(fill(box(-9, top, width + 18, 2.4), "#1d0f06", opacity=0.75, blur=0.7))
            parts.append(fill(box(joint, top, 2, step), "#1d0f06", opacity=0.6, blur=0.6))
        return "".join(parts)


def _levels(colour: str) -> list[float]:
    """#rrggbb as three numbers between 0 and 1."""
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


WHITE = Backdrop("studio", "#fefefe", "#eceaea")
GREY = Backdrop("studio", "#f1f0ef", "#d5d3d1")
BEIGE = Backdrop("studio", "#f3ebdf", "#dccfbc")
OAK = Backdrop("wood", "#d9b384", "#a67a4c")
WALNUT = Backdrop("wood", "#8f6347", "#573726")
LINEN = Backdrop("linen", "#e6dfd4", "#d3cabb")
CONCRETE = Backdrop("concrete", "#cdccc9", "#c2c0bd")


def ground(cx: float, cy: float, rx: float, ry: float = 12, *, opacity: float = 0.5) -> str:
    """The shadow on the floor under something that stands."""
    halo = ellipse(cx, cy, 1.12 * rx, 1.8 * ry)
    core = ellipse(cx, cy, rx, 0.5 * ry)
    return fill(halo, "#1a1410", opacity=0.45 * opacity, blur=1.2 * ry) + fill(
        core, "#120d0a", opacity=opacity, blur=0.35 * ry
    )


_LENS = (
    '<radialGradient id="vignette" r=".75"><stop offset=".55" stop-color="#000" stop-opacity="0"/>'
    '<stop offset="1" stop-color="#000" stop-opacity=".13"/></radialGradient>'
    '<filter id="focus" x="0" y="0" width="1" height="1">'
    '<feGaussianBlur stdDeviation=".55"/></filter>'
    '<filter id="film" x="0" y="0" width="1" height="1">'
    '<feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="2"/>'
    '<feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  0 .9 0 0 -.35"/></filter>'
)


def photo(backdrop: Backdrop, *parts: str, width: int = 720, height: int = 720) -> str:
    """The finished picture: backdrop and goods through a lens, on a little film grain."""
    size = f'width="{width}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">{_LENS}'
        f'<g filter="url(#focus)">{backdrop.draw(width, height)}{"".join(parts)}</g>'
        f'<rect {size} fill="url(#vignette)"/><rect {size} filter="url(#film)" opacity=".12"/>'
        "</svg>"
    )
