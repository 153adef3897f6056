"""Coats and jackets, laid flat and seen from above."""

from .hardware import SILVER, metal, wire
from .materials import LEATHER, MATTE, NYLON, WOOL, band, fold, piece, seam, shadow, stitches
from .scene import BEIGE, GREY, WALNUT, photo
from .svg import bounds, box, ellipse, fill, line, mirrored, moved, pair, placed


def button(x: float, y: float, radius: float, colour: str) -> str:
    """A four-hole button."""
    holes = [
        fill(ellipse(x + dx, y + dy, 1.3, 1.3), "#1a1008")
        for dx in (-2.5, 2.5)
        for dy in (-2.5, 2.5)
    ]
    rim = line(ellipse(x, y, 0.68 * radius, 0.68 * radius), "#fff", width=1.2, opacity=0.35)
    disc = ellipse(x, y, radius, radius)
    return (
        shadow(disc, 3)
        + (fill(disc, colour) + line(disc, "#2a1a0c", width=1))
        + rim
        + "".join(holes)
    )


COAT_BODY = mirrored(
    320,
    "M320 108 C342 100 356 92 364 86 C400 96 440 108 466 130 C448 180 440 230 438 260 "
    "C430 340 432 400 438 430 C452 540 466 640 472 742 C420 752 370 752 320 752",
)
COAT_SLEEVE = (
    "M452 118 C486 134 504 190 516 260 C530 350 544 440 552 540 C538 552 510 556 494 552 "
    "C480 450 464 360 434 270 C434 210 440 160 452 118 Z"
)
COAT_LAPEL = (
    "M362 84 C380 110 396 150 402 176 L384 190 L412 214 C396 270 360 330 322 390 "
    "L306 360 C330 260 350 160 348 100 Z"
)
COAT_COLLAR = mirrored(
    320, "M320 92 C338 90 354 82 360 74 C384 92 398 140 404 178 L384 192 C362 160 344 128 320 126"
)
COAT_CUFF = "M490 506 L548 492 L552 508 L493 522 Z"
COAT_POCKET = "M386 500 L444 484 L450 506 L390 522 Z"
COAT_EDGE = "M306 384 C304 500 304 640 304 750"
COAT_BELT = mirrored(320, "M320 422 C380 420 420 414 440 410 L442 444 C420 450 380 456 320 456")


def camel_coat() -> str:
    """A double-breasted camel wool coat with a belt."""
    camel, deep = "#b98a55", "#8c6237"
    buttons = [button(x, y, 10, "#5b3a1d") for y in (402, 500, 574) for x in (284, 356)]
    drops = [
        fold(f"M{x} 460 Q{x + d} 580 {x + 2 * d} 746", width=24) for x, d in ((232, -16), (402, 14))
    ]
    return photo(
        GREY,
        *[piece(data, camel, WOOL, lift=11) for data in pair(COAT_SLEEVE, 320)],
        piece(COAT_BODY, camel, WOOL, *drops, lift=13),
        fill(mirrored(320, "M320 96 L352 96 C340 200 330 300 312 386"), "#4d331b"),
        *[piece(data, camel, WOOL, lift=2) for data in pair(COAT_POCKET, 320)],
        *[piece(data, camel, WOOL, lift=2) for data in pair(COAT_CUFF, 320)],
        seam(COAT_EDGE, strength=0.7),
        *[piece(data, camel, WOOL, lift=6) for data in reversed(pair(COAT_LAPEL, 320))],
        piece(COAT_COLLAR, camel, WOOL, lift=5),
        *buttons[2:],
        piece(COAT_BELT, camel, WOOL, seam("M190 450 L320 464 L450 446"), lift=6),
        piece(
            "M330 428 C372 470 384 540 384 590 L352 594 C352 540 336 480 312 446 Z",
            camel,
            WOOL,
            lift=6,
        ),
        piece(box(306, 414, 36, 50, 10), deep, WOOL, lift=5),
        width=640,
        height=800,
    )


BIKER_BODY = mirrored(
    360,
    "M360 128 C386 122 400 116 410 108 C450 118 494 134 522 156 C502 220 496 270 496 310 "
    "C488 400 488 500 492 594 C450 602 400 604 360 604",
)
BIKER_SLEEVE = (
    "M508 142 C548 166 566 230 578 300 C596 400 608 480 618 570 C600 584 568 590 548 586 "
    "C534 480 518 390 490 320 C490 250 496 190 508 142 Z"
)
BIKER_LAPEL = (
    "M408 104 C434 136 452 170 458 204 L436 216 L486 262 C468 320 430 350 408 384 "
    "L390 330 C396 240 396 170 394 118 Z"
)
BIKER_BELT = mirrored(360, "M360 560 C420 560 460 558 492 554 L494 588 C450 596 400 598 360 598")
BIKER_SHOULDER = "M424 112 C460 140 490 190 496 236"


BIKER_UNDERLAP = (
    "M312 104 C286 136 268 170 262 204 L284 216 L242 262 C268 330 310 400 378 470 "
    "L370 380 C342 260 324 170 326 118 Z"
)
BIKER_COLLAR = mirrored(
    360,
    "M360 108 C384 104 398 96 406 92 C432 120 450 170 458 206 L438 218 C410 180 390 146 360 142",
)
BIKER_ZIPS = (
    "M410 384 C424 460 428 520 428 600",
    "M452 430 L480 490",
    "M268 400 L236 500",
    "M300 330 L266 352",
)


def biker_jacket() -> str:
    """A black leather biker jacket with silver zips."""
    black = "#1b1b1e"
    folds = [fold("M300 420 Q306 500 300 560"), fold("M458 300 Q440 380 452 420")]
    snaps = ((446, 196), (274, 196), (472, 262), (256, 262))
    return photo(
        BEIGE,
        *[piece(data, black, LEATHER, lift=11) for data in pair(BIKER_SLEEVE, 360)],
        piece(BIKER_BODY, black, LEATHER, *folds, lift=13),
        fill(mirrored(360, "M360 112 L398 112 C396 180 390 240 372 320 L360 330"), "#0b0b0d"),
        fill(box(340, 150, 40, 16, 2), "#c9c4bb"),
        *[seam(data) for data in pair(BIKER_SHOULDER, 360)],
        *[wire(data, 7, SILVER) for data in BIKER_ZIPS],
        *[wire(data, 5, SILVER) for data in pair("M572 500 C580 540 584 560 586 586", 360)],
        *[piece(data, black, LEATHER, lift=6) for data in (BIKER_UNDERLAP, BIKER_LAPEL)],
        piece(BIKER_COLLAR, black, LEATHER, lift=5),
        *[metal(ellipse(x, y, 5.5, 5.5), SILVER) for x, y in snaps],
        piece(BIKER_BELT, black, LEATHER, lift=3),
        metal(box(402, 552, 48, 50, 6), SILVER),
        fill(box(410, 560, 30, 34), black),
        metal(box(424, 560, 5, 34), SILVER, lift=1),
        stitches("M232 566 L395 570", "#777"),
    )


def quilted(data: str, colour: str, *, tilt: float, step: int) -> str:
    """A down-filled part: padded stripes at a tilt in degrees; their dark ground shows between."""
    x, y, w, h = bounds(data, 60)
    stripes = [fill(box(x, top, w, step - 5, 4), colour) for top in range(int(y), int(y + h), step)]
    turned = placed(f"rotate({tilt:g} {x + w / 2:g} {y + h / 2:g})", *stripes)
    return piece(data, "#0d1730", MATTE, lift=12) + piece(data, "none", NYLON, turned)


def puffer_jacket() -> str:
    """A navy down jacket with a stand-up collar, on a wooden floor."""
    navy = "#2a3f6e"
    body = mirrored(
        360,
        "M360 150 C400 146 420 140 432 136 C470 142 506 160 526 184 "
        "C514 240 512 290 512 330 C520 430 522 520 520 606 C470 624 400 626 360 626",
    )
    sleeve = (
        "M504 164 C560 180 592 250 604 320 C624 420 634 490 636 570 "
        "C616 596 570 600 546 588 C540 490 528 410 506 350 C500 280 500 220 504 164 Z"
    )
    collar = mirrored(
        360, "M360 92 C400 90 420 94 430 104 C440 126 440 146 434 164 C400 184 380 190 360 190"
    )
    opening = mirrored(360, "M360 98 C396 96 414 98 420 104 L400 118 L360 122")
    pocket = "M452 440 L480 530"
    zip_line = "M360 110 L360 624"
    return photo(
        WALNUT,
        placed(
            "rotate(3 360 360)",
            quilted(sleeve, navy, tilt=-12, step=46),
            quilted(moved(sleeve, flip=360), navy, tilt=12, step=46),
            quilted(body, navy, tilt=0, step=52),
            quilted(collar, navy, tilt=0, step=42),
            fill(opening, "#0c1428", blur=2),
            band(zip_line, "#1d2c52", 20, NYLON, lift=3),
            wire(zip_line, 6, SILVER, lift=1),
            metal(box(354, 176, 12, 30, 4), SILVER),
            *[wire(data, 5, SILVER) for data in pair(pocket, 360)],
        ),
    )


DRAWINGS = {
    "camel-wool-coat": camel_coat,
    "black-biker-jacket": biker_jacket,
    "navy-puffer-jacket": puffer_jacket,
}
