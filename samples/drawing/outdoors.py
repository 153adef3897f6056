"""Things from outside that belong to no class."""

from random import Random

from .hardware import SILVER, metal, wire
from .materials import ENAMEL, LEATHER, MATTE, ROCK, STRAW, WOOL, band, piece, shadow
from .scene import CONCRETE, WHITE, ground, photo
from .svg import box, ellipse, fill, gradient, line, placed


def ridge(chance: Random, base: float, height: float, step: int) -> str:
    """A jagged skyline, closed at the shore."""
    tops = [f"L{x} {base - height * chance.uniform(0.25, 1):.0f}" for x in range(0, 820, step)]
    return f"M0 480 {' '.join(tops)} L820 480 Z"


def pines(chance: Random) -> list[str]:
    """A row of firs along the shore."""
    row = []
    for x in range(-10, 800, 15):
        high = chance.uniform(40, 110)
        row.append(
            fill(f"M{x} 486 L{x + 0.3 * high} {486 - high} L{x + 0.6 * high} 486 Z", "#1e3a2c")
        )
    return row


LAKE_PEAK = "M120 480 L300 210 L350 250 L420 130 L500 240 L540 220 L760 480 Z"
LAKE_SNOW = (
    "M262 268 L300 210 L350 250 L420 130 L500 240 L540 220 L590 280 L552 268 L540 300 "
    "L512 276 L498 330 L470 282 L452 350 L428 290 L402 372 L384 300 L356 318 L338 284 "
    "L310 306 L292 262 Z"
)


def mountain_lake() -> str:
    """Snowy mountains above a lake at dusk."""
    sky, dusk = gradient("#5f86b5", "#b9cbdc", "#f3d3b4")
    lake, water = gradient("#c3b9b4", "#5f7f98", "#2d4a63")
    chance = Random(21)  # noqa: S311 - it scatters marks, it guards nothing
    far, middle = ridge(chance, 400, 150, 90), ridge(chance, 440, 90, 60)
    ripples = [
        line(
            f"M{chance.uniform(0, 600)} {y} L{chance.uniform(600, 800)} {y}",
            "#fff",
            width=1.2,
            opacity=0.2,
            blur=0.6,
        )
        for y in range(500, 600, 7)
    ]
    clouds = [
        fill(ellipse(x, y, w, 14), "#fff", opacity=0.55, blur=14)
        for x, y, w in ((180, 90, 150), (600, 130, 190), (430, 60, 90))
    ]
    mirror = fill(LAKE_PEAK, "#3b4654", blur=9) + fill(LAKE_SNOW, "#fff", blur=9)
    return photo(
        WHITE,
        sky,
        lake,
        fill(box(0, 0, 800, 500), dusk),
        *clouds,
        piece(far, "#8194aa", ROCK),
        piece(LAKE_PEAK, "#5c6676", ROCK),
        piece(LAKE_SNOW, "#eef3f8", ROCK),
        piece(middle, "#46586a", ROCK),
        fill(box(0, 484, 800, 200), water),
        f'<g opacity=".3">{placed("translate(0 774) scale(1 -.6)", mirror)}</g>',
        *pines(chance),
        *ripples,
        width=800,
        height=600,
    )


def wheel(cx: float) -> str:
    """A bicycle wheel with its hub at (cx, 430)."""
    spoke = line(f"M{cx} 430 L{cx} 300", "#9a9ea3", width=1.4)
    spokes = [placed(f"rotate({n * 20} {cx} 430)", spoke) for n in range(18)]
    tyre = line(ellipse(cx, 430, 136, 136), "#1c1c1e", width=13)
    rim = line(ellipse(cx, 430, 125, 125), "#c3c7cb", width=6)
    return "".join([*spokes, tyre, rim, metal(ellipse(cx, 430, 11, 11), SILVER)])


def bicycle() -> str:
    """A city bicycle against a grey wall."""
    teal = "#1f6f78"
    tubes = [
        "M330 240 L370 436",
        "M340 262 L540 250",
        "M370 436 L546 276",
        "M210 430 L370 436",
        "M210 430 L338 262",
    ]
    return photo(
        CONCRETE,
        ground(400, 572, 330, 10),
        fill("M0 575 L800 575 L800 640 L0 640 Z", "#8b8884", opacity=0.6),
        wheel(210),
        wheel(590),
        *[band(data, teal, 14, ENAMEL, cap="round") for data in tubes],
        band("M528 200 C548 300 560 360 590 430", teal, 13, ENAMEL, cap="round"),
        wire("M326 220 L330 244", 10, SILVER),
        piece(
            (
                "M270 206 C300 196 350 204 386 212 C380 226 340 226 320 232 "
                "C290 232 268 226 270 206 Z"
            ),
            "#5a3418",
            LEATHER,
            lift=3,
        ),
        band(
            "M528 206 C520 176 540 170 560 172 C600 176 596 206 570 206",
            "#3a3a3d",
            11,
            ENAMEL,
            cap="round",
        ),
        wire(ellipse(370, 436, 36, 36), 8, SILVER),
        wire("M370 436 L404 500", 9, SILVER),
        piece(box(384, 496, 48, 13, 4), "#222", MATTE),
        line("M370 402 L212 420", "#333", width=4, dash="3 2"),
        line("M370 470 L212 440", "#333", width=4, dash="3 2"),
        width=800,
        height=640,
    )


def straw_hat() -> str:
    """A straw hat with a black ribbon."""
    brim = ellipse(360, 440, 300, 120)
    crown = (
        "M206 420 C206 300 226 214 300 210 C340 214 380 214 420 210 "
        "C494 214 514 300 514 420 C440 464 280 464 206 420 Z"
    )
    ribbon = "M203 380 C300 428 420 428 517 380 L516 424 C440 470 280 470 204 424 Z"
    rings = [
        line(ellipse(360, 440, 300 - 16 * n, 120 - 6.4 * n), "#8a6a38", width=1.6, opacity=0.4)
        for n in range(1, 9)
    ]
    rows = [
        line(f"M190 {y} C300 {y + 40} 420 {y + 40} 530 {y}", "#8a6a38", width=1.6, opacity=0.4)
        for y in range(190, 380, 16)
    ]
    return photo(
        WHITE,
        shadow(brim, 16),
        piece(brim, "#d8b878", STRAW, *rings),
        fill(ellipse(360, 440, 180, 52), "#000", opacity=0.28, blur=16),
        piece(crown, "#dcbf82", STRAW, *rows),
        piece(ribbon, "#1d1c20", WOOL, lift=2),
    )


DRAWINGS = {"mountain-lake": mountain_lake, "city-bicycle": bicycle, "straw-hat": straw_hat}
