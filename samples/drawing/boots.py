"""Boots, seen from the side."""

from .hardware import SILVER, metal, wire
from .materials import LEATHER, MATTE, PATENT, SUEDE, band, fold, piece, seam, stitches
from .scene import CONCRETE, GREY, WHITE, ground, photo
from .svg import box, ellipse, fill, gradient, moved, placed

CHELSEA_UPPER = (
    "M212 110 C280 102 350 102 402 112 C404 190 408 262 426 326 C450 384 520 424 592 450 "
    "C646 474 672 526 660 566 C560 574 460 560 380 528 C320 508 260 504 198 504 "
    "C188 470 196 420 202 372 C212 290 212 200 212 110 Z"
)
CHELSEA_ELASTIC = "M282 106 L352 106 C354 210 346 290 318 370 C292 290 282 210 282 106 Z"
CHELSEA_SOLE = (
    "M194 498 C260 500 320 502 382 524 C460 556 560 566 664 556 L670 570 L662 582 "
    "C560 588 450 580 366 540 C320 520 260 516 194 516 Z"
)
CHELSEA_HEEL = (
    "M194 510 C260 510 300 514 340 528 C332 550 328 568 328 588 L206 588 C204 560 198 535 194 510 Z"
)
CHELSEA_WELT = "M208 503 C270 505 320 508 384 534 C460 562 560 572 660 562"


def chelsea_boot() -> str:
    """A tan ankle boot with elastic sides and a stacked heel."""
    made, tan = gradient("#8a5429", "#b9783f", "#a8692f", angle=10)
    ribs = [fill(box(x, 98, 2, 290), "#120c08", opacity=0.6) for x in range(282, 356, 5)]
    creases = [fold(f"M430 {y} Q462 {y + 30} 470 {y + 70}", width=10) for y in (344, 372)]
    return photo(
        WHITE,
        made,
        ground(270, 588, 75, 8),
        ground(560, 582, 110, 8),
        band("M214 130 C196 84 226 70 236 116", "#8a5429", 14, LEATHER),
        piece(
            CHELSEA_HEEL,
            "#4b2d17",
            MATTE,
            *[fill(box(180, y, 180, 2), "#000", opacity=0.4) for y in (530, 548, 567)],
        ),
        piece(
            CHELSEA_UPPER,
            tan,
            LEATHER,
            *creases,
            fold("M244 130 Q244 250 238 420", width=24, strength=0.22),
            fold("M560 420 Q600 450 640 520", width=20, strength=0.14),
        ),
        piece(CHELSEA_ELASTIC, "#33241a", MATTE, *ribs),
        seam("M318 370 C280 396 240 408 202 410"),
        stitches("M318 379 C280 405 240 417 202 418", "#5a3417"),
        seam("M320 374 C362 420 380 470 384 524"),
        piece(CHELSEA_SOLE, "#3a2414", MATTE),
        stitches(CHELSEA_WELT, "#d9b98a"),
        width=800,
        height=700,
    )


COMBAT_UPPER = (
    "M196 92 C250 82 330 82 384 92 C394 180 400 260 424 330 C450 374 510 398 570 412 "
    "C640 430 672 490 662 556 L186 556 C180 480 202 400 200 300 C196 220 194 150 196 92 "
    "Z"
)
COMBAT_TONGUE = "M330 90 C356 56 392 62 402 100 C408 200 414 280 446 350 L380 340 L330 190 Z"
COMBAT_SOLE = (
    "M178 546 C300 552 500 552 668 542 C678 560 676 584 668 600 L560 606 L380 602 "
    "L372 584 L338 584 L332 606 L186 606 C178 590 174 566 178 546 Z"
)
COMBAT_FACING = (
    "M340 88 L388 92 C396 180 400 262 424 336 C412 356 394 360 378 352 C356 260 344 180 340 88 Z"
)
COMBAT_CAP = "M540 406 C520 450 526 500 552 552"
COMBAT_QUARTER = "M202 330 C280 336 350 366 384 430 C398 470 402 510 404 552"


def combat_boot() -> str:
    """A black lace-up boot with a welted rubber sole."""
    laces, eyes = [], []
    for step in range(8):
        x, y = 366 + 4 * step + 0.35 * step * step, 108 + 30 * step
        cord = f"M{x - 6} {y} Q{x + 14} {y - 14} {x + 38 - step} {y - 4}"
        laces.append(band(cord, "#1c1c1f", 8, MATTE, lift=3, cap="round"))
        eyes.append(metal(ellipse(x - 8, y, 5.5, 5.5), SILVER, lift=1))
    treads = [
        fill(box(x, 588, 10, 26), "#000", opacity=0.8)
        for x in (*range(196, 330, 24), *range(392, 670, 24))
    ]
    return photo(
        GREY,
        ground(426, 606, 250, 9),
        piece(COMBAT_TONGUE, "#18181a", LEATHER),
        piece(
            COMBAT_UPPER,
            "#18181b",
            PATENT,
            fold("M240 110 Q244 220 240 330", width=26, strength=0.3),
        ),
        piece(COMBAT_FACING, "#18181b", LEATHER, lift=3),
        *eyes,
        *laces,
        seam(COMBAT_CAP, strength=0.9),
        stitches(moved(COMBAT_CAP, 8), "#8b8b8b"),
        seam(COMBAT_QUARTER, strength=0.9),
        stitches(moved(COMBAT_QUARTER, 3, -8), "#8b8b8b"),
        piece(
            COMBAT_SOLE, "#1a1a1b", MATTE, *treads, fill(box(170, 572, 520, 3), "#000", opacity=0.7)
        ),
        stitches("M186 558 C300 562 500 562 668 552", "#e0c268", width=2.4),
        band("M204 100 C186 48 218 40 226 92", "#1c1c1f", 13, MATTE),
        width=800,
        height=700,
    )


def tall_boot() -> str:
    """A burgundy suede knee boot with a block heel."""
    upper = (
        "M250 62 C310 52 380 54 424 64 C420 180 400 320 396 440 C396 500 404 540 420 566 "
        "C470 606 530 622 562 660 C576 684 574 700 570 712 C480 714 430 704 380 680 "
        "C330 650 300 640 262 636 C252 600 268 540 272 480 C266 360 250 200 250 62 Z"
    )
    heel = (
        "M260 630 C300 634 330 644 352 660 C344 700 338 720 338 744 L268 744 "
        "C268 700 262 670 260 630 Z"
    )
    sole = "M352 660 C400 696 460 710 574 708 L572 722 C460 726 400 712 346 678 Z"
    slouch = [
        fold(f"M276 {y} C320 {y + 18} 360 {y + 10} 396 {y - 6}", width=12, strength=0.3)
        for y in (470, 505, 540)
    ]
    zip_ = "M318 70 C322 250 326 450 324 640"
    return photo(
        CONCRETE,
        placed(
            "translate(-40 10)",
            ground(330, 738, 80, 8),
            ground(490, 722, 95, 8),
            piece(heel, "#3b0f1a", MATTE),
            piece(
                upper,
                "#6d1b2e",
                SUEDE,
                *slouch,
                fold("M300 80 Q306 250 312 420", width=34, strength=0.25),
            ),
            seam(zip_),
            wire("M318 74 L318 96", 5),
            piece(sole, "#1d0b0f", MATTE),
            seam("M252 84 C310 76 380 76 422 86", strength=0.4),
        ),
        width=700,
        height=800,
    )


DRAWINGS = {
    "tan-chelsea-boot": chelsea_boot,
    "black-combat-boot": combat_boot,
    "burgundy-tall-boot": tall_boot,
}
