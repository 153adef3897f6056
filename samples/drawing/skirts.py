"""Skirts, laid flat and seen from above."""

from .hardware import GOLD, metal
from .materials import DENIM, LEATHER, WOOL, fold, piece, seam, stitches
from .scene import GREY, OAK, WHITE, photo
from .svg import box, ellipse, fill, gradient, line, mirrored, moved, pair, placed


def tartan(ground: str, dark: str, bright: str) -> tuple[str, str]:
    """A woven check: its definition and the paint that refers to it."""
    stripes = "".join(
        fill(box(x, 0, w, 72), c, opacity=o) + fill(box(0, x, 72, w), c, opacity=o)
        for x, w, c, o in (
            (0, 24, dark, 0.5),
            (36, 3, bright, 0.5),
            (46, 8, dark, 0.3),
            (63, 2, "#fff", 0.35),
        )
    )
    square = 'width="72" height="72"'
    whole = fill(box(0, 0, 72, 72), ground)
    return (
        f'<pattern id="tartan" {square} patternUnits="userSpaceOnUse">{whole}{stripes}</pattern>',
        "url(#tartan)",
    )


def plaid_skirt() -> str:
    """A pleated midi skirt in red check."""
    made, check = tartan("#c23a36", "#152238", "#e8c04a")
    skirt = mirrored(
        320, "M320 112 C360 112 390 110 414 106 C450 300 490 520 520 716 C450 740 380 742 320 742"
    )
    pleats = []
    for number in range(1, 10):
        top, bottom = 226 + 18.8 * number, 80 + 48 * number
        row = f"M{top} 112 Q{0.45 * top + 0.55 * bottom} 420 {bottom} 700"
        pleats.append(line(row, "#000", width=16, opacity=0.34, blur=6))
        pleats.append(line(moved(row, 3), "#000", width=2.2, opacity=0.6, blur=0.6))
        pleats.append(line(moved(row, 14), "#fff", width=9, opacity=0.12, blur=4))
    waist = mirrored(320, "M320 74 C360 74 390 72 408 70 L416 112 C390 118 350 120 320 120")
    return photo(
        WHITE,
        made,
        piece(skirt, check, WOOL, *pleats, lift=12),
        piece(waist, check, WOOL, fill(box(200, 60, 240, 70), "#000", opacity=0.18), lift=4),
        metal(ellipse(392, 94, 7, 7), GOLD),
        width=640,
        height=800,
    )


MINI_BODY = mirrored(
    360, "M360 150 C430 150 480 146 516 140 C556 250 584 400 602 566 C520 588 440 592 360 592"
)
MINI_WAIST = mirrored(360, "M360 106 C430 106 480 102 510 96 L520 148 C480 156 430 160 360 160")
MINI_BACK = mirrored(360, "M360 88 C430 88 470 84 504 82 L510 98 C470 112 430 116 360 118")
MINI_POCKET = "M412 158 C430 230 490 246 552 226"
MINI_FLY = "M388 158 C390 280 386 310 362 326"
MINI_HEM_LINE = "M120 562 C280 586 440 586 602 560"


def denim_skirt() -> str:
    """A faded denim mini skirt with five pockets."""
    made, blue = gradient("#4a6c96", "#86a8ca", "#587ca8", angle=0)
    thread = "#d9953f"
    loops = [piece(box(x, 94, 13, 74, 3), "#55789f", DENIM, lift=3) for x in (222, 300, 408, 486)]
    pockets = pair(MINI_POCKET, 360)
    rows = [
        *[moved(data, 0, dy) for data in pockets for dy in (4, 12)],
        *[moved(MINI_FLY, dx, 4) for dx in (0, -8)],
    ]
    fade = [fill(ellipse(x, 400, 60, 150), "#fff", opacity=0.25, blur=32) for x in (270, 450)]
    return photo(
        GREY,
        made,
        piece(MINI_BACK, "#2f4a6e", DENIM, lift=6),
        piece(
            MINI_BODY,
            blue,
            DENIM,
            *fade,
            seam(MINI_HEM_LINE, strength=0.5),
            stitches(moved(MINI_HEM_LINE, 0, -10), thread),
            seam("M360 326 L360 590"),
            stitches("M367 326 L367 590", thread),
            lift=12,
        ),
        *[seam(data, strength=0.6) for data in pockets],
        *[stitches(data, thread) for data in rows],
        seam("M360 160 L360 330"),
        piece(
            MINI_WAIST,
            blue,
            DENIM,
            stitches("M206 150 L360 154 L514 150", thread),
            stitches("M206 106 L360 114 L514 106", thread),
            lift=4,
        ),
        *loops,
        metal(ellipse(366, 132, 13, 13), GOLD),
        metal(ellipse(366, 132, 6, 6), GOLD[::-1], lift=0),
        *[metal(ellipse(x, y, 4, 4), GOLD, lift=1) for x, y in ((416, 170), (304, 170))],
        height=680,
    )


def leather_skirt() -> str:
    """A black leather A-line midi skirt, on a wooden floor."""
    black = "#18181b"
    skirt = mirrored(
        320,
        "M320 130 C360 130 390 128 412 124 C440 200 452 260 462 330 "
        "C490 480 506 600 516 700 C450 722 380 726 320 726",
    )
    waist = mirrored(320, "M320 88 C360 88 390 86 408 82 L414 126 C390 134 350 136 320 136")
    inside = mirrored(320, "M320 74 C360 74 390 74 404 72 L408 84 C380 96 350 98 320 98")
    panel = "M368 134 C386 320 410 520 426 724"
    yoke = "M140 590 C260 612 380 612 506 588"
    waves = [
        fold(f"M{x} 300 Q{x + d} 480 {x + 2 * d} 724", width=26, strength=0.5)
        for x, d in ((226, -22), (300, -4), (376, 14), (430, 24))
    ]
    return photo(
        OAK,
        placed(
            "rotate(5 320 400)",
            piece(inside, "#3a302a", WOOL, lift=6),
            piece(skirt, black, LEATHER, *waves, lift=13),
            seam(panel, strength=0.9),
            seam(moved(panel, flip=320), strength=0.9),
            seam(yoke, strength=0.9),
            stitches(moved(yoke, 0, 7), "#666"),
            piece(waist, black, LEATHER, lift=4),
            metal(ellipse(320, 112, 8, 8), GOLD),
        ),
        width=640,
        height=800,
    )


DRAWINGS = {
    "plaid-pleated-skirt": plaid_skirt,
    "denim-mini-skirt": denim_skirt,
    "black-leather-skirt": leather_skirt,
}
