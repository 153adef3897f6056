"""Render the sample photos: every drawing named in samples.csv becomes photos/<slug>.jpg."""

import argparse
import csv
import io
import shutil
from pathlib import Path

from drawing.catalogue import DRAWINGS
from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]


def slugs() -> list[str]:
    """The slugs of the listed samples, in the order of samples.csv."""
    with (HERE / "samples.csv").open(newline="", encoding="utf-8") as table:
        return [Path(row["file"]).stem for row in csv.DictReader(table)]


def photograph(page: Page, svg: str, quality: int) -> bytes:
    """One drawing as the bytes of a JPEG without metadata."""
    page.set_content(f'<body style="margin:0">{svg}</body>')
    shot = page.locator("svg").screenshot()
    jpeg = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").save(jpeg, "JPEG", quality=quality, optimize=True)
    return jpeg.getvalue()


def main() -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "slug", nargs="*", help="what to render (default: everything in samples.csv)"
    )
    parser.add_argument("--out", type=Path, default=HERE / "photos", help="folder for the JPEGs")
    parser.add_argument("--quality", type=int, default=88, help="JPEG quality (default: 88)")
    parser.add_argument(
        "--chromium",
        default=shutil.which("chromium"),
        help="the browser (default: the one on PATH)",
    )
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=QUIET)
        page = browser.new_page(viewport={"width": 900, "height": 900})
        for slug in asked.slug or slugs():
            jpeg = photograph(page, DRAWINGS[slug](), asked.quality)
            (asked.out / f"{slug}.jpg").write_bytes(jpeg)
        browser.close()


if __name__ == "__main__":
    main()
