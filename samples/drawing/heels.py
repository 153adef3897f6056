"""High heels, seen from the side."""

from .hardware import GOLD, metal
from .materials import LEATHER, MATTE, PATENT, band, piece, seam, stitches
from .scene import BEIGE, GREY, WHITE, ground, photo
from .svg import box, fill, line, moved

PUMP_UPPER = (
    "M168 190 C200 204 236 300 330 392 C390 446 440 462 500 452 C576 470 660 520 712 560 "
    "C722 572 718 582 706 584 C640 590 580 586 530 570 C450 540 360 470 262 400 "
    "C232 384 204 378 186 376 C164 320 154 250 168 190 Z"
)
PUMP_INSIDE = (
    "M168 190 C196 180 214 196 232 226 C290 330 390 430 500 452 C440 464 390 448 330 394 "
    "C236 302 200 206 168 190 Z"
)
PUMP_HEEL = (
    "M184 366 C210 372 240 384 268 402 C236 430 222 500 221 586 L223 596 L203 596 "
    "L205 586 C204 500 192 430 184 366 Z"
)
PUMP_SOLE = (
    "M262 398 C360 466 450 536 530 566 C590 584 650 586 716 578 L712 590 "
    "C640 598 570 594 520 576 C440 546 350 480 256 408 Z"
)
PUMP_TOPLINE = "M170 196 C202 210 238 306 330 397 C390 450 440 467 500 457"


def pump(colour: str, lining: str, sole_colour: str, *, dx: float = 0, dy: float = 0) -> str:
    """A pointed stiletto pump."""

    def at(data: str) -> str:
        return moved(data, dx, dy)

    upper = at(PUMP_UPPER)
    inside = at(PUMP_INSIDE)
    heel = at(PUMP_HEEL)
    sole = at(PUMP_SOLE)
    topline = at(PUMP_TOPLINE)
    return "".join(
        [
            ground(214 + dx, 596 + dy, 26, 5),
            ground(620 + dx, 592 + dy, 100, 7),
            piece(inside, lining, MATTE),
            piece(heel, colour, PATENT),
            piece(sole, sole_colour, MATTE),
            piece(upper, colour, PATENT),
            seam(topline, strength=0.35),
        ]
    )


def red_pump() -> str:
    """A red patent stiletto pump."""
    return photo(
        WHITE, pump("#b80f22", "#d8b38e", "#8c6a45", dx=-36, dy=-10), width=800, height=700
    )


def nude_pumps() -> str:
    """A pair of nude pumps, one behind the other."""
    far = pump("#c79c7d", "#b28a6c", "#8f2430", dx=40, dy=-66)
    near = pump("#d6ab8c", "#c59d7f", "#a12330", dx=-70, dy=6)
    return photo(GREY, far, near, width=800, height=700)


SANDAL_BED = (
    "M178 372 C240 380 300 410 360 462 C420 516 470 548 540 560 C600 566 660 566 706 556 "
    "C716 566 712 578 700 582 C640 592 560 590 510 576 C440 552 380 500 330 456 "
    "C280 416 230 402 178 400 Z"
)
SANDAL_HEEL = (
    "M180 392 C220 392 260 402 296 424 C276 470 262 530 260 594 L204 594 C202 520 192 450 180 392 Z"
)
SANDAL_COUNTER = (
    "M176 384 C160 330 160 290 172 262 L196 258 C206 300 226 350 262 392 C230 384 200 382 176 384 Z"
)
SANDAL_TOE = "M500 562 C506 516 540 476 584 470 C626 476 660 516 672 566 C650 574 560 576 500 562 Z"
SANDAL_ANKLE = "M178 276 C210 236 290 220 330 232 C356 244 350 270 320 280 C270 296 210 296 180 290"


def strappy_sandal() -> str:
    """A black sandal with an ankle strap and a slim block heel."""
    return photo(
        BEIGE,
        ground(232, 594, 46, 6),
        ground(610, 586, 100, 7),
        piece(SANDAL_HEEL, "#1a1a1c", PATENT),
        piece(SANDAL_BED, "#1d1d1f", LEATHER),
        line(
            ("M180 374 C240 382 300 412 360 464 C420 518 470 550 540 562 C600 568 660 568 704 558"),
            "#c9a27c",
            width=7,
        ),
        band("M330 232 C356 244 350 270 320 280", "#101011", 13, LEATHER),
        piece(SANDAL_COUNTER, "#1d1d1f", LEATHER),
        band(SANDAL_ANKLE, "#1d1d1f", 15, LEATHER, lift=3),
        metal(box(216, 276, 22, 26, 4), GOLD),
        fill(box(221, 281, 12, 16), "#1d1d1f"),
        piece(SANDAL_TOE, "#1d1d1f", LEATHER, lift=4),
        stitches("M512 560 C518 522 546 488 584 482 C620 488 648 522 660 562", "#666"),
        width=800,
        height=700,
    )


DRAWINGS = {
    "red-patent-pump": red_pump,
    "nude-stiletto-pair": nude_pumps,
    "black-strappy-sandal": strappy_sandal,
}
