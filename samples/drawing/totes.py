"""Tote bags: open at the top, with two handles."""

from .hardware import metal, wire
from .materials import CANVAS, LEATHER, MATTE, PEBBLED, band, fold, piece, seam, stitches
from .scene import GREY, OAK, WHITE, ground, photo
from .svg import box, ellipse, gradient, mirrored, moved, placed


def handle(left: float, top: float, right: float, rise: float) -> str:
    """A handle from the left to the right foot, rising above the rim."""
    middle, peak = (left + right) / 2, top - rise
    return (
        f"M{left} {top + 40} "
        f"C{left + 4} {top - 0.7 * rise} {middle - 60} {peak} {middle} {peak} "
        f"C{middle + 60} {peak} {right - 4} {top - 0.7 * rise} {right} {top + 40}"
    )


BLACK_BODY = mirrored(
    360,
    "M360 310 C450 310 540 306 612 296 C600 420 584 540 566 640 C562 652 552 656 540 656 L360 660",
)
BLACK_INSIDE = mirrored(360, "M360 284 C450 284 540 286 612 296 C540 308 450 314 360 314")
BLACK_SIDES = "M592 300 C580 420 562 540 546 652"


def black_tote() -> str:
    """A structured black tote."""
    black = "#1c1c1f"
    back, front = handle(250, 300, 470, 210), handle(236, 320, 484, 190)
    tabs = []
    for x in (236, 484):
        tabs += [
            piece(
                f"M{x - 16} 330 L{x + 16} 330 L{x + 16} 400 L{x} 416 L{x - 16} 400 Z",
                black,
                LEATHER,
                lift=3,
            ),
            metal(ellipse(x, 394, 6, 6)),
            wire(ellipse(x, 336, 17, 17), 6),
        ]
    return photo(
        WHITE,
        ground(360, 658, 210, 12),
        band(back, "#141416", 17, LEATHER),
        piece(BLACK_INSIDE, "#3b2d24", MATTE),
        piece(
            BLACK_BODY,
            black,
            PEBBLED,
            seam(BLACK_SIDES, strength=0.9),
            seam(moved(BLACK_SIDES, flip=360), strength=0.9),
            fold("M300 330 Q296 440 310 600", width=26, strength=0.25),
            lift=5,
        ),
        stitches("M112 314 C200 324 280 327 360 327 C440 327 520 324 608 314", "#5c5c62"),
        *tabs,
        band(front, black, 18, LEATHER, lift=5),
        metal(box(318, 440, 84, 20, 3)),
    )


def canvas_tote() -> str:
    """A natural canvas tote with tan leather handles and base, on a wooden floor."""
    made, cloth = gradient("#e9dfca", "#f1e8d6", "#dccfb4", angle=15)
    body = mirrored(
        360, "M360 262 C450 264 520 262 582 256 C596 380 600 520 592 648 C500 662 420 664 360 664"
    )
    inside = mirrored(360, "M360 244 C450 246 520 248 582 256 C520 268 450 270 360 270")
    base = mirrored(
        360, "M360 574 C440 574 520 572 600 566 C600 600 598 630 592 650 C500 664 420 668 360 668"
    )
    tan = "#9a5f2c"
    back, front = handle(262, 250, 458, 200), handle(246, 290, 474, 196)
    tabs = [
        item
        for x in (246, 474)
        for item in (
            piece(box(x - 14, 320, 28, 120, 5), tan, LEATHER, lift=3),
            stitches(box(x - 10, 326, 20, 108, 3), "#f0d9b5"),
        )
    ]
    creases = [
        fold(f"M{x} 270 Q{x + d} 400 {x + 2 * d} 570", width=20, strength=0.14)
        for x, d in ((180, 10), (330, -14), (420, 16), (540, -8))
    ]
    return photo(
        OAK,
        made,
        placed(
            "rotate(4 360 400)",
            band(back, "#7f4c22", 22, LEATHER, lift=8),
            piece(inside, "#b3a78e", CANVAS, lift=8),
            piece(body, cloth, CANVAS, *creases, lift=13),
            stitches("M142 276 L360 284 L578 276", "#a08c66"),
            piece(base, tan, LEATHER, lift=3),
            stitches("M124 576 C200 582 280 584 360 584 C440 584 520 582 598 576", "#f0d9b5"),
            band(front, tan, 24, LEATHER, lift=8),
            *tabs,
        ),
    )


def red_tote() -> str:
    """A red shopper turned a little to the side, so that its gusset shows."""
    made, red = gradient("#b5202c", "#c4303a", "#9d1722", angle=10)
    front = (
        "M110 330 C240 342 400 344 520 338 C524 450 512 560 500 648 "
        "C400 660 270 658 160 646 C140 560 120 450 110 330 Z"
    )
    side = (
        "M520 338 C560 330 600 318 626 306 C620 420 590 530 572 624 "
        "C550 636 530 642 500 648 C512 560 524 450 520 338 Z"
    )
    mouth = (
        "M110 330 C140 312 180 300 220 296 C380 292 520 296 626 306 "
        "C600 320 560 332 520 340 C400 348 240 344 110 332 Z"
    )
    dent = "M578 320 C556 420 560 540 540 636"
    back, near = handle(270, 300, 500, 190), handle(206, 346, 424, 214)
    feet = [metal(ellipse(x, 388, 7, 7)) for x in (206, 424)]
    return photo(
        GREY,
        made,
        ground(366, 648, 220, 13),
        band(back, "#8c121d", 17, LEATHER),
        piece(mouth, "#5a0c13", MATTE),
        piece(side, "#8f141f", PEBBLED, fold(dent, width=22, strength=0.5)),
        piece(front, red, PEBBLED, fold("M200 340 Q210 460 230 640", width=26, strength=0.12)),
        stitches("M114 346 C240 358 400 360 516 354", "#e58a8f"),
        stitches("M508 352 C512 450 500 560 490 642", "#e58a8f"),
        band(near, "#b5202c", 19, LEATHER, lift=6),
        *feet,
        metal(box(286, 430, 70, 24, 4)),
        band("M424 372 C440 420 446 470 442 500", "#9d1722", 8, LEATHER, lift=4),
        piece("M420 496 L464 496 L470 560 L416 560 Z", "#a31a26", LEATHER, lift=4),
    )


DRAWINGS = {
    "black-leather-tote": black_tote,
    "canvas-tote": canvas_tote,
    "red-shopper-tote": red_tote,
}
