"""Goods of a main class that fit none of its subclasses."""

from .hardware import GOLD, SILVER, metal, wire
from .materials import CANVAS, COTTON, DENIM, LEATHER, MATTE, band, piece, seam, stitches
from .scene import GREY, LINEN, WHITE, ground, photo
from .svg import box, ellipse, fill, gradient, line, mirrored, moved, pair, placed


def striped_shirt() -> str:
    """A white T-shirt with navy stripes."""
    body = mirrored(
        360,
        "M360 170 C400 168 420 150 432 130 C470 140 500 150 526 166 "
        "C510 220 506 280 506 330 C508 430 512 520 514 610 C460 622 410 624 360 624",
    )
    sleeve = (
        "M516 160 C560 180 600 250 626 330 C600 352 560 366 530 372 "
        "C516 340 506 300 504 270 C502 230 508 190 516 160 Z"
    )
    neck = mirrored(360, "M360 150 C396 148 416 138 430 126 C420 160 396 182 360 184")
    stripes = [
        line(f"M60 {y} L360 {y + 8} L660 {y}", "#22304f", width=11) for y in range(230, 620, 34)
    ]
    arms = [
        placed(
            f"rotate({turn} {x} 260)",
            *[
                line(f"M{x - 140} {y} L{x + 140} {y}", "#22304f", width=11)
                for y in range(180, 400, 34)
            ],
        )
        for turn, x in ((-24, 560), (24, 160))
    ]
    return photo(
        LINEN,
        piece(sleeve, "#f3f1ec", COTTON, arms[0], lift=9),
        piece(moved(sleeve, flip=360), "#f3f1ec", COTTON, arms[1], lift=9),
        piece(neck, "#cfcac1", COTTON, lift=3),
        piece(body, "#f3f1ec", COTTON, *stripes, lift=11),
        band(
            "M290 130 C304 158 326 178 360 178 C394 178 416 158 430 130",
            "#f3f1ec",
            13,
            COTTON,
            lift=2,
        ),
    )


def blue_jeans() -> str:
    """A pair of blue jeans."""
    made, blue = gradient("#2f4a72", "#54779f", "#38557d", angle=0)
    legs = mirrored(
        320,
        "M320 120 C370 120 410 118 440 112 C462 220 470 300 470 380 "
        "C470 520 462 640 456 748 C420 756 390 756 358 752 C356 600 350 460 328 330 "
        "L320 318",
    )
    waist = mirrored(320, "M320 84 C370 84 410 82 434 76 L442 116 C410 124 370 126 320 126")
    pocket = "M366 124 C380 170 410 186 452 178"
    thread = "#d99a4a"
    fade = [fill(ellipse(x, 430, 34, 170), "#fff", opacity=0.22, blur=22) for x in (244, 398)]
    return photo(
        WHITE,
        made,
        piece(legs, blue, DENIM, *fade, seam("M320 126 L320 330"), lift=12),
        *[stitches(data, thread) for data in pair(pocket, 320)],
        *[seam(moved(data, 0, -4)) for data in pair(pocket, 320)],
        stitches("M338 126 C340 220 336 250 322 262", thread),
        piece(waist, blue, DENIM, stitches("M200 116 L320 120 L440 114", thread), lift=3),
        *[piece(box(x, 76, 10, 54, 2), "#3e5d86", DENIM, lift=2) for x in (236, 394)],
        metal(ellipse(322, 104, 10, 10), GOLD),
        *[stitches(f"M{x} 736 L{x + 98} 738", thread) for x in (184, 360)],
        width=640,
        height=800,
    )


SNEAKER_UPPER = (
    "M130 220 C170 196 210 220 240 250 C270 262 300 240 318 206 C350 190 370 206 384 230 "
    "C430 320 520 370 610 388 C672 400 696 440 694 480 L122 480 C104 400 104 300 130 220 "
    "Z"
)
SNEAKER_SOLE = (
    "M112 462 C300 474 500 474 700 456 C712 490 706 520 690 530 C500 540 300 540 130 532 "
    "C112 520 106 490 112 462 Z"
)
SNEAKER_TONGUE = "M300 240 C296 190 316 160 346 166 C380 180 390 220 400 250 L360 280 Z"
SNEAKER_TOE = "M552 372 C530 410 540 450 560 476"
SNEAKER_EYESTAY = "M318 230 C340 300 420 380 520 396 C480 420 380 440 350 474"
SNEAKER_TAB = "M128 224 C160 204 190 214 208 230 C206 290 190 310 120 300 Z"


def white_sneaker() -> str:
    """A white leather sneaker from the side."""
    laces = [
        band(
            (
                f"M{346 + 34 * n} {262 + 27 * n} "
                f"Q{366 + 34 * n} {232 + 27 * n} {392 + 34 * n} {238 + 27 * n}"
            ),
            "#f7f7f5",
            11,
            MATTE,
            lift=3,
            cap="round",
        )
        for n in range(5)
    ]
    return photo(
        GREY,
        ground(405, 536, 300, 9),
        piece(SNEAKER_TONGUE, "#d2d0cb", LEATHER),
        piece(SNEAKER_UPPER, "#dddbd6", LEATHER),
        piece(SNEAKER_TAB, "#2c6148", LEATHER, lift=1),
        seam(SNEAKER_TOE),
        seam(SNEAKER_EYESTAY),
        stitches(moved(SNEAKER_EYESTAY, -6, 6), "#b9b7b2"),
        *[
            fill(ellipse(600 + dx, 410 + dy, 3, 3), "#8f8d88")
            for dx, dy in ((0, 0), (16, 8), (-16, 4), (4, 18))
        ],
        *laces,
        piece(
            SNEAKER_SOLE,
            "#e6e3dc",
            MATTE,
            line("M110 486 C300 496 500 496 706 480", "#b9b5ab", width=2),
        ),
        width=800,
        height=660,
    )


def backpack() -> str:
    """A mustard canvas backpack."""
    strap = "M540 240 C600 320 606 500 552 600"
    colour = "#c08a26"
    body = mirrored(
        360, "M360 110 C450 110 510 150 530 240 C552 360 556 500 548 600 C542 640 500 650 360 652"
    )
    pocket = mirrored(
        360, "M360 400 C440 400 480 404 494 420 C504 480 504 560 498 606 C480 626 420 628 360 628"
    )
    zips = [
        "M206 330 C200 210 260 146 360 144 C460 146 520 210 514 330",
        "M232 432 C300 420 420 420 488 432",
    ]
    return photo(
        GREY,
        ground(360, 652, 190, 12),
        *[band(data, "#8f6418", 30, CANVAS) for data in pair(strap, 360)],
        band("M318 116 C318 56 402 56 402 116", "#8f6418", 16, CANVAS),
        piece(body, colour, CANVAS, lift=5),
        piece(pocket, colour, CANVAS, lift=6),
        *[wire(data, 6, SILVER, lift=0) for data in zips],
        piece(box(312, 240, 96, 60, 6), "#5b3a1a", LEATHER, lift=2),
        stitches(box(318, 246, 84, 48, 4), "#d9b98a"),
        metal(box(226, 428, 12, 34, 4), SILVER),
        metal(box(202, 320, 12, 34, 4), SILVER),
    )


DRAWINGS = {
    "striped-t-shirt": striped_shirt,
    "blue-jeans": blue_jeans,
    "white-sneaker": white_sneaker,
    "mustard-backpack": backpack,
}
