"""Flat shoes: pairs seen from above and single shoes from the side."""

from .materials import LEATHER, MATTE, PATENT, SUEDE, fold, piece, seam, stitches
from .scene import OAK, WHITE, ground, photo
from .svg import ellipse, fill, gradient, line, moved, placed

BALLET_SHOE = (
    "M240 120 C286 118 306 160 304 220 C302 290 322 360 330 440 C336 520 300 584 246 586 "
    "C186 586 156 520 164 440 C172 360 184 290 180 220 C176 160 196 120 240 120 Z"
)
BALLET_MOUTH = (
    "M241 134 C278 134 292 168 290 220 C288 290 304 350 308 410 C296 452 272 466 248 466 "
    "C222 466 196 452 186 410 C190 350 198 290 194 220 C192 168 206 134 241 134 Z"
)
BALLET_INSOLE = (
    "M241 142 C272 142 284 172 282 222 C278 300 296 360 298 440 L250 478 L196 440 "
    "C198 360 208 300 202 222 C200 172 212 142 241 142 Z"
)


def ballet_flat(flip: float | None = None) -> str:
    """One black ballet flat with a bow, seen from above, toe down."""

    def at(data: str) -> str:
        return moved(data, flip=flip)

    shoe = at(BALLET_SHOE)
    mouth = at(BALLET_MOUTH)
    insole = at(BALLET_INSOLE)
    bow = [
        at("M248 478 C226 452 200 456 204 478 C200 500 226 502 248 478 Z"),
        at("M248 478 C270 452 296 456 292 478 C296 500 270 502 248 478 Z"),
    ]
    label = fill(at("M216 196 L266 196 L266 222 L216 222 Z"), "#b08d57", opacity=0.55)
    return "".join(
        [
            piece(shoe, "#1b1b1e", LEATHER, lift=13),
            fill(mouth, "#0c0b0b"),
            fill(insole, "#c8a27c"),
            label,
            line(mouth, "#000", width=22, opacity=0.5, blur=9),
            line(mouth, "#2b2b2f", width=6),
            stitches(mouth, "#5a5a60", width=1),
            *[piece(loop, "#1b1b1e", PATENT, lift=4) for loop in bow],
            piece(at(ellipse(248, 478, 8, 10)), "#1b1b1e", PATENT, lift=3),
        ]
    )


def ballet_flats() -> str:
    """A pair of black ballet flats on a wooden floor."""
    left = placed("translate(20 6) rotate(5 250 350)", ballet_flat(flip=246))
    right = placed("translate(224 0) rotate(-4 250 350)", ballet_flat())
    return photo(OAK, left, right)


def pointed_flat() -> str:
    """A blush pointed flat with a bow, from the side."""
    upper = (
        "M118 300 C160 312 200 356 290 370 C370 382 410 384 448 376 "
        "C520 384 610 410 690 444 C700 452 698 458 690 460 C500 466 300 462 124 460 "
        "C106 410 102 350 118 300 Z"
    )
    inside = (
        "M118 300 C146 284 176 294 204 316 C264 356 360 372 448 376 "
        "C410 390 360 388 290 372 C200 358 164 312 118 300 Z"
    )
    sole = (
        "M122 456 C300 462 500 464 696 456 L698 466 C600 474 480 474 260 472 L250 482 "
        "L128 480 C122 474 120 464 122 456 Z"
    )
    made, blush = gradient("#d9a798", "#e9c3b5", "#d59f8f", angle=15)
    bow = [
        "M470 376 C440 346 408 352 414 374 C420 396 446 392 470 376 Z",
        "M470 376 C500 350 532 358 528 380 C522 400 498 394 470 376 Z",
    ]
    topline = "M118 302 C160 314 200 358 290 372 C370 384 410 386 448 378"
    return photo(
        WHITE,
        made,
        ground(400, 482, 290, 8),
        piece(inside, "#b88f7d", MATTE),
        piece(
            upper,
            blush,
            LEATHER,
            fold("M560 380 C600 400 610 440 600 462", width=24, strength=0.08),
        ),
        seam(moved(topline, 0, 7), strength=0.35),
        stitches(moved(topline, 0, 12), "#a9705f", width=1.1),
        piece(sole, "#4a332a", MATTE),
        *[piece(loop, "#d09b8b", SUEDE, lift=4) for loop in bow],
        piece(ellipse(470, 376, 10, 12), "#d09b8b", SUEDE, lift=4),
        width=800,
        height=640,
    )


SLIDE_BED = (
    "M250 96 C310 92 346 150 342 230 C338 300 316 360 318 440 C322 540 300 600 244 602 "
    "C192 602 168 540 174 440 C178 360 158 300 160 230 C160 150 190 100 250 96 Z"
)


def slide(flip: float | None = None) -> str:
    """One tan slide with two crossed straps, seen from above, toe up."""

    def at(data: str) -> str:
        return moved(data, flip=flip)

    bed = at(SLIDE_BED)
    rim = stitches(
        at(
            "M250 106 C302 104 334 156 331 230 C326 300 305 360 307 440 "
            "C311 530 292 590 244 591 C202 590 180 530 185 440 C188 360 170 300 171 230 "
            "C171 160 198 110 250 106 Z"
        ),
        "#f0dcc0",
    )
    cross = [
        at(
            "M140 196 C200 180 250 214 356 322 C360 350 352 372 342 386 "
            "C280 330 220 290 148 290 C136 260 134 226 140 196 Z"
        ),
        at(
            "M362 196 C300 180 250 214 146 322 C140 350 148 372 158 386 "
            "C220 330 280 290 356 290 C366 260 368 226 362 196 Z"
        ),
    ]
    heel = fill(at(ellipse(245, 520, 44, 60)), "#5f3a1c", opacity=0.18, blur=14)
    return "".join(
        [
            piece(bed, "#c39a6b", SUEDE, heel, lift=13),
            rim,
            *[piece(strap, "#b9707d", SUEDE, lift=9) for strap in cross],
        ]
    )


def slides() -> str:
    """A pair of rose slides."""
    left = placed("translate(-14 10) rotate(-5 250 350)", slide())
    right = placed("translate(234 4) rotate(5 250 350)", slide(flip=250))
    return photo(WHITE, left, right)


DRAWINGS = {
    "black-ballet-flats": ballet_flats,
    "blush-pointed-flat": pointed_flat,
    "rose-slides": slides,
}
