"""Dresses, laid flat and seen from above."""

from random import Random

from .materials import COTTON, FLOWING, SATIN, band, fold, piece, seam, stitches
from .scene import BEIGE, OAK, WHITE, photo
from .svg import ellipse, fill, gradient, mirrored, moved, pair, placed


def blossoms(
    seed: int, colours: tuple[str, ...], area: tuple[int, int, int, int], count: int
) -> list[str]:
    """A print of scattered flowers and leaves."""
    chance = Random(seed)  # noqa: S311 - it scatters marks, it guards nothing
    left, top, right, bottom = area
    parts = []
    for _ in range(count):
        x, y, size = (
            chance.uniform(left, right),
            chance.uniform(top, bottom),
            chance.uniform(7, 13),
        )
        colour, turn = chance.choice(colours), chance.uniform(0, 360)
        leaf = fill(ellipse(1.9 * size, 0, 0.9 * size, 0.33 * size), "#6f8f63", opacity=0.9)
        petals = "".join(
            placed(
                f"rotate({72 * n})",
                fill(ellipse(0.62 * size, 0, 0.55 * size, 0.42 * size), colour),
            )
            for n in range(5)
        )
        heart = fill(ellipse(0, 0, 0.26 * size, 0.26 * size), "#f2cf6b")
        parts.append(placed(f"translate({x:.0f} {y:.0f}) rotate({turn:.0f})", leaf, petals, heart))
    return parts


def hem(data: str) -> str:
    """A hem line with its stitches."""
    return seam(data, strength=0.28) + stitches(data, "#000", width=0.8, opacity=0.25)


FLORAL_TOP = mirrored(
    320,
    "M320 176 C345 178 372 158 392 138 C402 170 410 200 426 226 C420 270 406 300 402 330 L320 340",
)
FLORAL_SKIRT = mirrored(320, "M320 322 L402 322 C430 420 470 570 492 728 C440 752 370 744 320 752")
FLORAL_INSIDE = mirrored(320, "M320 150 C350 150 375 142 390 138 C372 160 345 180 320 178")
FLORAL_STRAP = "M392 144 C388 110 378 74 364 66 C352 62 350 100 360 152"


def floral_dress() -> str:
    """A navy midi dress with thin straps, a gathered waist and a flower print."""
    straps = [band(data, "#1f2a4a", 7, COTTON, lift=4) for data in pair(FLORAL_STRAP, 320)]
    print_ = blossoms(5, ("#e8a5a8", "#f6e3d7", "#c9606e", "#f2b88c"), (120, 120, 520, 760), 230)
    gathers = [
        fold(f"M{x} 330 Q{x + 0.35 * (x - 320)} 470 {x + 0.75 * (x - 320)} 700", width=9)
        for x in range(250, 400, 19)
    ]
    return photo(
        WHITE,
        piece(FLORAL_INSIDE, "#141c33", COTTON, lift=6),
        *straps,
        piece(
            FLORAL_SKIRT,
            "#1f2a4a",
            FLOWING,
            *print_,
            *gathers,
            hem("M140 728 C250 748 400 748 500 724"),
            lift=12,
        ),
        piece(
            FLORAL_TOP,
            "#1f2a4a",
            COTTON,
            *print_,
            fold("M270 230 Q290 280 300 330"),
            fold("M372 235 Q356 280 348 330"),
            lift=5,
        ),
        seam("M239 328 C280 334 360 334 401 328", strength=0.7),
        width=640,
        height=800,
    )


def red_dress() -> str:
    """A red cocktail dress: cap sleeves, V neck, fitted waist, flared satin skirt."""
    body = mirrored(
        320,
        "M320 210 C338 172 352 130 362 92 C392 96 415 104 432 116 "
        "C428 150 412 185 410 216 C412 262 398 300 390 342 L320 352",
    )
    sleeve = (
        "M362 92 C400 94 440 110 462 142 C468 165 466 186 462 206 "
        "C445 216 425 218 410 214 C412 180 428 150 420 112 Z"
    )
    skirt = mirrored(320, "M320 344 L391 340 C425 420 492 540 530 676 C470 716 390 700 320 716")
    back = mirrored(320, "M320 100 C340 98 352 95 362 92 C352 135 338 176 320 212")
    pleats = [
        fold(
            f"M{x} 350 Q{x + 0.5 * (x - 320)} 450 {x + 1.6 * (x - 320)} 700", width=15, strength=0.4
        )
        for x in (262, 286, 312, 338, 362, 384)
    ]
    darts = [fold(f"M{x} 250 Q{x + d} 300 {x + d} 345", width=9) for x, d in ((280, 6), (366, -6))]
    red = "#b3172b"
    return photo(
        BEIGE,
        piece(back, "#6e0d1b", COTTON, lift=4),
        piece(skirt, red, SATIN, *pleats, hem("M106 672 C210 712 430 712 534 672"), lift=14),
        piece(sleeve, red, SATIN, lift=8),
        piece(moved(sleeve, flip=320), red, SATIN, lift=8),
        piece(body, red, SATIN, *darts, lift=5),
        piece(mirrored(320, "M320 336 L392 332 L394 354 L320 362"), "#9c1325", SATIN, lift=3),
        width=640,
        height=800,
    )


WRAP_BODY = mirrored(
    320,
    "M320 96 C350 96 362 86 368 80 C400 88 424 96 440 108 C424 190 420 240 408 330 "
    "C440 450 470 590 482 726 C430 748 370 742 320 746",
)
WRAP_SLEEVE = (
    "M436 104 C470 130 500 220 540 400 C528 416 508 420 492 418 C460 320 440 270 420 230 "
    "C420 180 424 140 420 112 Z"
)
WRAP_NECK = mirrored(320, "M320 96 C345 96 362 88 368 80 C362 130 340 190 306 250 L320 262")
WRAP_OVER = "M368 80 C352 150 310 230 246 326 L380 336 L380 180 L410 100 Z"
WRAP_EDGE = "M246 334 C300 450 330 600 352 744"
WRAP_TIE = "M404 330 C430 380 436 430 430 486 L446 490 C452 430 446 380 416 326 Z"


def wrap_dress() -> str:
    """An emerald long-sleeved wrap dress with a tied belt, on a wooden floor."""
    green = "#14604a"
    made, shade = gradient("#176b52", "#0f4f3c", angle=20)
    return photo(
        OAK,
        made,
        placed(
            "rotate(-4 320 400)",
            piece(WRAP_SLEEVE, green, COTTON, fold("M450 150 Q480 250 510 400"), lift=9),
            piece(
                moved(WRAP_SLEEVE, flip=320),
                green,
                COTTON,
                fold("M190 150 Q160 250 130 400"),
                lift=9,
            ),
            piece(
                WRAP_BODY,
                shade,
                FLOWING,
                fold(WRAP_EDGE, width=14, strength=0.5),
                fold("M380 350 Q400 480 420 720", width=20),
                fold("M280 350 Q250 480 226 720", width=20),
                lift=12,
            ),
            fill(WRAP_NECK, "#0a2f24"),
            piece(WRAP_OVER, green, COTTON, lift=4),
            seam(WRAP_EDGE, strength=0.6),
            piece(mirrored(320, "M320 320 L410 314 L412 344 L320 350"), green, COTTON, lift=4),
            piece(WRAP_TIE, green, COTTON, lift=5),
            piece(ellipse(402, 332, 15, 19), green, COTTON, lift=4),
        ),
        width=640,
        height=800,
    )


DRAWINGS = {
    "floral-midi-dress": floral_dress,
    "red-cocktail-dress": red_dress,
    "green-wrap-dress": wrap_dress,
}
