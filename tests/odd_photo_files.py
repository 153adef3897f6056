"""The photos of `odd_photos`: files, drawn by code, that other programs refuse or turn wrongly."""

from pathlib import Path
from typing import Final

from PIL import Image

from tests.pictures import colour_at

FOLDER: Final = Path(__file__).parent / "odd_photos"
TOO_TALL: Final = FOLDER / "tall/33x60000.png"
TOO_TALL_SAYS: Final = "Its long side can be at most 63 times its short side; please cut it."
GOOD: Final = sorted(path for path in FOLDER.glob("*/*.*") if path != TOO_TALL)
UPRIGHT: Final = "control_upright_orientation1_same_bad_tag.jpg"


def is_turned(path: Path) -> bool:
    """Return whether the file says that it is shown a quarter turned to the right."""
    return path.parent.name == "rotated_with_odd_exif" and path.name != UPRIGHT


def assert_shows(path: Path, image: Image.Image) -> None:
    """Check that a picture has the file's pixels, turned as the file says: 96 × 64, one red corner.

    Without a turn the red corner is the left one at the top; with it, the right one.
    """
    turned = is_turned(path)
    assert image.size == ((64, 96) if turned else (96, 64)), path.name
    corners = [(x, 4) for x in (4, image.width - 5)]
    reds = [
        min(colour_at(image, corner)[0] - colour_at(image, corner)[1], 200) for corner in corners
    ]
    assert (reds[turned], reds[not turned]) == (200, 0), path.name
