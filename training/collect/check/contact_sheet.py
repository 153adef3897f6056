"""One page of thumbnails, by flaw, that a person can go through in a minute."""

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string
from PIL import Image

from classifier.ml.preprocessing import UnreadablePhotoError, decode
from classifier.photos.local_files import read_file, shown_path
from training.collect.check.flaws import Finding, Flaw
from training.data.photo_folders import PhotoFolders

SIDE: Final = 176  # of a thumbnail, in pixels
MOST: Final = 400  # thumbnails of one flaw; the CSV has all findings

TITLES: Final = {
    Flaw.UNREADABLE: "Unreadable",
    Flaw.TOO_SMALL: "Too small",
    Flaw.DUPLICATE: "Duplicates",
    Flaw.NEAR_DUPLICATE: "Look like a photo with another label",
    Flaw.MISLABELLED: "Probably mislabelled",
}


def write_contact_sheet(
    path: Path, findings: Sequence[Finding], photos: PhotoFolders, notes: Sequence[str]
) -> None:
    """Write the page; its pictures are in it, so that it can be sent as one file.

    Args:
        path: the page to write.
        findings: what was found.
        photos: the folders that the photos' paths are shown below.
        notes: sentences for the head of the page.
    """
    sections = []
    for flaw, title in TITLES.items():
        of_flaw = [finding for finding in findings if finding.flaw is flaw]
        if of_flaw:
            cards = [_card(finding, photos) for finding in of_flaw[:MOST]]
            left = len(of_flaw) - len(cards)
            sections.append({"title": title, "count": len(of_flaw), "cards": cards, "left": left})
    page = render_to_string(
        "training/contact_sheet.html", {"sections": sections, "photos": photos, "notes": notes}
    )
    path.write_text(page, encoding="utf-8", errors="backslashreplace")


def _card(finding: Finding, photos: PhotoFolders) -> dict[str, Any]:
    path = finding.sample.path
    return {
        "label": finding.sample.stratum,
        "likely": finding.likely,
        "detail": finding.detail,
        "path": shown_path(photos.name_of(path)),
        "picture": _thumbnail(path),
        "other": _thumbnail(finding.other) if finding.other else None,
    }


def _thumbnail(path: Path) -> str | None:
    """Return a small JPEG as a data address, or None where the photo cannot be read."""
    try:
        image = decode(read_file(path), at_least=SIDE)
    except (OSError, UnreadablePhotoError):
        return None
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
