"""Things from a home that belong to no class."""

from random import Random

from .hardware import SILVER, metal
from .materials import ENAMEL, LEAF, LEATHER, MATTE, band, piece
from .scene import BEIGE, GREY, LINEN, WALNUT, ground, photo
from .svg import box, ellipse, fill, gradient, line, placed


def leaf(length: float, turn: float, tone: str) -> str:
    """A long leaf that grows from the middle of the pot's mouth."""
    blade = "M0 0 C34 -22 80 -22 100 4 C75 20 30 16 0 0 Z"
    rib = line("M0 0 Q50 -4 100 4", "#d8efc4", width=1, opacity=0.6)
    veins = [
        line(f"M{x} -2 L{x + 14} {side}", "#d8efc4", width=0.5, opacity=0.4)
        for x in (20, 35, 50, 65)
        for side in (-14, 14)
    ]
    size = length / 100
    return placed(
        f"translate(360 430) rotate({turn:.0f}) scale({size:.2f})",
        piece(blade, tone, LEAF, rib, *veins, lift=2),
    )


def potted_plant() -> str:
    """A leafy plant in a terracotta pot."""
    made, clay = gradient("#8f4b2c", "#c97f55", "#b56840", "#7d3f24", angle=0)
    chance = Random(8)  # noqa: S311 - it scatters marks, it guards nothing
    turns = [-90, -40, -140, -65, -115, -20, -160, -78, -102, -52, -128, -5, -175]
    leaves = [
        leaf(
            chance.uniform(190, 300),
            turn,
            chance.choice(("#2f6b3a", "#3d8048", "#25592f", "#4f9355")),
        )
        for turn in turns
    ]
    pot = "M256 452 L464 452 L440 640 C430 652 290 652 280 640 Z"
    return photo(
        BEIGE,
        made,
        ground(360, 650, 110, 12),
        fill(ellipse(360, 440, 100, 16), "#2c1c12"),
        *leaves[6:],
        piece(pot, clay, MATTE),
        *leaves[:6],
        piece(box(242, 424, 236, 44, 8), clay, MATTE, lift=4),
    )


def coffee_mug() -> str:
    """A white mug of coffee on a walnut table."""
    made, glaze = gradient("#c9c7c2", "#fbfaf7", "#f1efeb", "#b9b6b0", angle=0)
    side = "M200 250 C204 380 214 500 232 560 C260 600 420 600 450 560 C468 500 476 380 480 250 Z"
    ear = "M470 320 C580 290 600 460 458 490"
    steam = [
        line(f"M{x} 220 C{x - 40} 170 {x + 40} 130 {x} 60", "#fff", width=16, opacity=0.3, blur=10)
        for x in (300, 370)
    ]
    return photo(
        WALNUT,
        made,
        ground(350, 590, 150, 20, opacity=0.8),
        band(ear, "#e9e6e1", 30, ENAMEL),
        piece(
            side,
            glaze,
            ENAMEL,
            fill(box(250, 380, 120, 10, 4), "#3d6e8f"),
            fill(box(230, 470, 230, 16), "#3d6e8f"),
            fill(box(230, 494, 230, 6), "#3d6e8f"),
        ),
        fill(ellipse(340, 250, 140, 36), "#f6f4f0"),
        fill(ellipse(340, 254, 126, 29), "#3a2112"),
        fill(ellipse(330, 260, 100, 18), "#6b4326", opacity=0.7, blur=6),
        line(ellipse(340, 250, 140, 36), "#bdb9b2", width=2),
        *steam,
    )


def wooden_chair() -> str:
    """A wooden chair with a spindle back."""
    made, wood = gradient("#b9824f", "#8a5a30", angle=15)
    legs = ["M250 440 L274 440 L250 660 L232 660 Z", "M470 440 L494 440 L514 660 L496 660 Z"]
    rear = ["M296 430 L314 430 L306 612 L292 612 Z", "M430 430 L448 430 L452 612 L438 612 Z"]
    posts = ["M262 90 L280 90 L292 410 L272 410 Z", "M464 90 L482 90 L472 410 L452 410 Z"]
    spindles = [f"M{x} 130 L{x + 10} 130 L{x + 8} 400 L{x} 400 Z" for x in (308, 344, 380, 416)]
    seat = "M270 390 L474 390 L510 436 C516 456 500 462 480 462 L264 462 C244 462 228 456 234 436 Z"
    rungs = [box(256, 550, 236, 12, 6), box(300, 520, 146, 10, 5)]
    return photo(
        GREY,
        made,
        *[ground(x, y, 26, 5) for x, y in ((241, 660), (505, 660), (300, 612), (446, 612))],
        *[piece(data, "#7a4d28", MATTE) for data in rear],
        piece(rungs[1], "#7a4d28", MATTE),
        *[piece(data, wood, MATTE) for data in (*spindles, *posts)],
        piece(
            "M252 84 C300 64 444 64 492 84 L488 140 C440 124 304 124 256 140 Z", wood, MATTE, lift=4
        ),
        piece(rungs[0], wood, MATTE),
        *[piece(data, wood, MATTE) for data in legs],
        piece(seat, wood, MATTE, lift=6),
    )


def dial() -> list[str]:
    """A blue watch face with twelve marks and two hands, under glass."""
    ticks = [
        placed(
            f"rotate({30 * n} 360 360)", fill(box(357, 250, 6, 22 if n % 3 else 30, 2), "#d8dce0")
        )
        for n in range(12)
    ]
    hands = [
        line("M360 372 L360 290", "#f2f4f6", width=8),
        line("M350 366 L424 316", "#f2f4f6", width=5),
    ]
    glass = "M270 300 C300 250 350 236 400 246 C340 280 310 320 290 390 Z"
    small = line(ellipse(360, 426, 26, 26), "#9fb0c0", width=2)
    return [
        piece(ellipse(360, 360, 119, 119), "#16283f", ENAMEL),
        *ticks,
        small,
        *hands,
        metal(ellipse(360, 360, 8, 8), lift=1),
        fill(glass, "#fff", opacity=0.12),
    ]


def wrist_watch() -> str:
    """A steel wrist watch on a tan strap."""
    tan = "#8a4f24"
    straps = [
        "M304 60 L416 60 L428 250 L292 250 Z",
        "M292 470 L428 470 L412 640 C396 668 324 668 308 640 Z",
    ]
    holes = [fill(ellipse(360, y, 5, 5), "#2a1608") for y in (560, 590, 620)]
    return photo(
        LINEN,
        placed(
            "rotate(18 360 360)",
            piece(straps[0], tan, LEATHER, lift=9),
            piece(straps[1], tan, LEATHER, *holes, lift=9),
            metal(box(300, 36, 120, 34, 8), SILVER, lift=6),
            fill(box(316, 44, 88, 18, 4), "#8a4f24"),
            metal(box(502, 344, 22, 32, 5), SILVER, lift=4),
            metal("M300 226 L420 226 L436 280 L284 280 Z", SILVER, lift=5),
            metal("M284 440 L436 440 L420 494 L300 494 Z", SILVER, lift=5),
            metal(ellipse(360, 360, 146, 146), SILVER, lift=10),
            metal(ellipse(360, 360, 128, 128), SILVER[::-1], lift=0),
            *dial(),
        ),
    )


DRAWINGS = {
    "potted-plant": potted_plant,
    "coffee-mug": coffee_mug,
    "wooden-chair": wooden_chair,
    "wrist-watch": wrist_watch,
}
