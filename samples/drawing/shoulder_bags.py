"""Shoulder bags: a flap or a zip, and a strap or chain to carry them by."""

from .hardware import GOLD, chain, metal, wire
from .materials import LEATHER, PEBBLED, band, fold, piece, seam, shadow, stitches
from .scene import BEIGE, WHITE, ground, photo
from .svg import box, ellipse, fill, gradient, line, mirrored, moved


def quilting(area: tuple[int, int, int, int], step: int) -> list[str]:
    """Diagonal seams that cross."""
    left, top, right, bottom = area
    height = bottom - top
    rows = []
    for x in range(left - height, right + height, step):
        for x1 in (x + height, x - height):
            row = f"M{x} {top} L{x1} {bottom}"
            rows.append(line(row, "#000", width=9, opacity=0.28, blur=4))
            rows.append(line(row, "#000", width=2.2, opacity=0.75, blur=0.6))
            rows.append(line(moved(row, 0, 7), "#fff", width=6, opacity=0.1, blur=3))
    return rows


def quilted_bag() -> str:
    """A black quilted flap bag on a long gold chain."""
    black = "#1b1b1e"
    body = mirrored(
        360,
        "M360 432 L520 432 C536 434 542 444 544 456 C552 530 554 590 550 640 "
        "C546 656 534 660 514 660 L360 664",
    )
    flap = mirrored(
        360,
        "M360 420 L530 420 C546 422 552 430 552 446 C554 500 550 540 542 576 "
        "C536 592 520 598 494 598 L360 602",
    )
    lock = [
        metal(box(332, 570, 56, 44, 7)),
        fill(box(341, 578, 38, 28, 5), "#7b5818", opacity=0.5),
        metal(box(348, 583, 24, 18, 7), lift=2),
    ]
    return photo(
        WHITE,
        ground(360, 664, 190, 10),
        chain("M196 440 C210 250 300 50 364 48 C428 50 512 250 524 440"),
        piece(body, black, LEATHER, *quilting((150, 430, 570, 670), 46), lift=4),
        piece(flap, black, LEATHER, *quilting((150, 420, 570, 602), 46), lift=7),
        *lock,
        *[wire(ellipse(x, 440, 12, 12), 6) for x in (196, 524)],
    )


def saddle_bag() -> str:
    """A cognac half-moon bag with a short strap and gold rings."""
    made, cognac = gradient("#a9602c", "#8a4519", "#9c5523", angle=70)
    body = (
        "M126 340 C240 372 480 372 594 340 C626 420 604 540 500 596 "
        "C420 634 300 634 220 596 C116 540 94 420 126 340 Z"
    )
    flap = (
        "M120 344 C136 316 170 306 210 312 C300 330 420 330 510 312 "
        "C550 306 584 316 600 344 C610 420 560 480 480 500 C420 512 300 512 240 500 "
        "C160 480 110 420 120 344 Z"
    )
    edge = "M130 350 C124 416 168 470 244 490 C302 502 418 502 476 490 C552 470 596 416 590 350"
    strap = "M146 330 C160 180 250 84 360 84 C470 84 560 180 574 330"
    return photo(
        BEIGE,
        made,
        ground(360, 622, 190, 12),
        band(strap, "#94501f", 27, LEATHER, lift=5),
        stitches("M156 330 C170 190 256 95 360 95 C464 95 550 190 564 330", "#e2b98c"),
        piece(
            body,
            cognac,
            LEATHER,
            fold("M240 540 C300 580 420 580 480 540", width=14, strength=0.2),
            lift=6,
        ),
        piece(flap, cognac, LEATHER, lift=7),
        stitches(edge, "#e2b98c"),
        *[wire(ellipse(x, 330, 19, 19), 7) for x in (148, 572)],
        metal("M346 470 L374 470 L374 528 L346 528 Z"),
        metal(ellipse(360, 526, 18, 18)),
        fill(ellipse(360, 526, 8, 8), "#5f2f10"),
    )


def camera_bag() -> str:
    """A dusty pink camera bag with a zip, a tassel and a long thin strap."""
    pink = "#c58b8f"
    body = (
        "M186 432 C190 402 206 392 240 390 C320 384 400 384 480 390 "
        "C514 392 530 402 534 432 C544 510 542 560 534 606 C530 630 510 638 480 640 "
        "C400 646 320 646 240 640 C210 638 190 630 186 606 C178 560 176 510 186 432 Z"
    )
    zip_line = "M206 410 C280 400 440 400 514 410"
    strap = "M194 420 C206 260 300 60 370 52 C440 60 514 260 526 420"
    tassel = [
        line(f"M{536 + d} 470 L{536 + 1.6 * d} 560", "#a96f74", width=3.4) for d in range(-9, 10, 3)
    ]
    return photo(
        WHITE,
        ground(360, 642, 180, 12),
        band(strap, "#b97e83", 12, LEATHER, lift=5),
        piece(body, pink, PEBBLED, lift=6),
        line(zip_line, "#7d4d51", width=13),
        wire(zip_line, 6, GOLD, lift=0),
        seam("M188 440 C280 430 440 430 532 440"),
        piece(
            (
                "M214 500 C300 494 420 494 506 500 C512 560 510 600 504 620 "
                "C420 626 300 626 216 620 C210 600 208 560 214 500 Z"
            ),
            pink,
            PEBBLED,
            lift=3,
        ),
        *[wire(ellipse(x, 422, 12, 12), 5) for x in (194, 526)],
        shadow(box(524, 470, 24, 90), 4),
        *tassel,
        metal(box(528, 452, 16, 24, 5)),
        metal(box(330, 540, 60, 16, 3)),
    )


DRAWINGS = {
    "black-quilted-bag": quilted_bag,
    "cognac-saddle-bag": saddle_bag,
    "pink-camera-bag": camera_bag,
}
