"""Clutches: small bags without a shoulder strap."""

from random import Random

from .hardware import GOLD, metal, wire
from .materials import ENAMEL, LEATHER, PEBBLED, band, fold, piece, seam, stitches
from .scene import BEIGE, WHITE, ground, photo
from .svg import box, ellipse, fill, gradient, line, moved, placed


def envelope_clutch() -> str:
    """A taupe envelope clutch with a gold snap."""
    made, taupe = gradient("#b49a86", "#a78b77", "#957a67", angle=80)
    body = box(140, 246, 520, 272, 10)
    flap = (
        "M134 252 C134 240 140 236 152 236 L648 236 C660 236 666 240 666 252 "
        "C664 272 656 280 644 288 L432 420 C414 431 386 431 368 420 L156 288 "
        "C144 280 136 272 134 252 Z"
    )
    edge = (
        "M148 266 C154 276 160 279 166 283 L374 410 C390 419 410 419 426 410 L634 283 "
        "C640 279 646 276 652 266"
    )
    folds = [seam("M144 500 L300 384", strength=0.35), seam("M656 500 L500 384", strength=0.35)]
    return photo(
        WHITE,
        made,
        ground(400, 520, 256, 10),
        piece(body, taupe, PEBBLED, *folds, lift=12),
        piece(flap, taupe, PEBBLED, stitches(edge, "#d9c5b4"), lift=8),
        metal(ellipse(400, 396, 15, 15)),
        metal(ellipse(400, 396, 8, 8), GOLD[::-1], lift=0),
        width=800,
        height=720,
    )


def glitter_clutch() -> str:
    """A champagne glitter box clutch with a gold frame and a ball clasp."""
    body = (
        "M120 250 C124 226 140 220 170 220 L630 220 C660 220 676 226 680 250 "
        "C700 330 704 420 690 500 C684 524 664 532 640 532 L160 532 "
        "C136 532 116 524 110 500 C96 420 100 330 120 250 Z"
    )
    chance = Random(4)  # noqa: S311 - it scatters marks, it guards nothing
    sparks = []
    for _ in range(2600):
        x, y = chance.uniform(96, 704), chance.uniform(216, 536)
        tone = chance.choice(("#fff6d8", "#f0d69a", "#8d6a34", "#c9a35c", "#5f4520"))
        sparks.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{chance.uniform(1.2, 3.4):.1f}" fill="{tone}"/>'
        )
    frame = "M112 258 C116 214 140 208 170 208 L630 208 C660 208 684 214 688 258"
    return photo(
        BEIGE,
        ground(400, 536, 290, 12),
        piece(
            body,
            "#b98f4e",
            ENAMEL,
            *sparks,
            fill(ellipse(270, 300, 150, 50), "#fff", opacity=0.22, blur=26),
            lift=12,
        ),
        wire(frame, 17, GOLD, lift=4),
        wire("M112 262 L118 230", 10),
        metal("M372 202 C372 176 396 172 402 190 C404 198 402 204 398 206 Z", GOLD),
        metal(ellipse(384, 184, 15, 15), GOLD, angle=30),
        metal(ellipse(414, 180, 15, 15), GOLD, angle=30),
        width=800,
        height=700,
    )


def wrist_pouch() -> str:
    """A burgundy zip pouch with a wrist strap."""
    made, wine = gradient("#6e1a2c", "#82233a", "#5f1424", angle=25)
    body = (
        "M110 226 C300 220 500 220 690 226 C702 330 704 420 698 520 "
        "C694 532 684 536 670 536 C500 542 300 542 130 536 C116 536 106 532 102 520 "
        "C96 420 98 330 110 226 Z"
    )
    zip_line = "M112 240 C300 234 500 234 688 240"
    loop = "M692 250 C730 300 752 420 728 500 C712 548 676 520 690 450 C700 380 706 300 690 252"
    puckers = [
        fold(f"M{x} 246 Q{x + d} 320 {x + d} 400", width=18, strength=0.22)
        for x, d in ((210, 14), (400, -8), (560, 10))
    ]
    plate = box(330, 470, 140, 26, 3)
    return photo(
        WHITE,
        made,
        placed(
            "rotate(-5 400 380)",
            piece(body, wine, LEATHER, *puckers, lift=14),
            line(zip_line, "#3a0b16", width=15),
            wire(zip_line, 7, GOLD, lift=0),
            seam(moved(zip_line, 0, 12), strength=0.5),
            band(loop, "#6e1a2c", 15, LEATHER, lift=7),
            metal(ellipse(690, 246, 11, 11), GOLD),
            metal("M124 232 L150 230 L154 276 L128 278 Z", GOLD),
            line(plate, "#e3bd62", width=2),
            fill(box(346, 480, 108, 4), "#e3bd62", opacity=0.8),
        ),
        width=800,
        height=700,
    )


DRAWINGS = {
    "taupe-envelope-clutch": envelope_clutch,
    "champagne-glitter-clutch": glitter_clutch,
    "burgundy-wrist-pouch": wrist_pouch,
}
