"""The evaluation page: one HTML file for people, with everything it shows inside."""

import base64
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string
from PIL import Image

from classifier.ml.preprocessing import UnreadablePhotoError, decode
from classifier.photos.local_files import read_file
from training.data.photo_folders import PhotoFolders
from training.evaluation.named_figures import Figures
from training.evaluation.statistics.bootstrap import RESAMPLES
from training.report import tables
from training.report.plots import pictures

THUMBNAIL: Final = 168  # pixels of the long side


def evaluation_page(document: Mapping[str, Any], folders: PhotoFolders | None) -> str:
    """Return the page as HTML.

    Args:
        document: what `training.evaluation.assessment.assess` found.
        folders: where the photos lie that are shown small; None leaves them out, and says so.
    """
    figures = Figures.from_dict(document["figures"])
    shown = [*document["mistakes"], *chain(*document["examples"].values())]
    return render_to_string(
        "training/evaluation.html",
        {
            **document,
            "figures": figures,
            "resamples": RESAMPLES,
            "first_line": tables.stream_line(figures),
            "verdict": tables.verdict(figures),
            "rows": tables.figure_rows(figures),
            "ends": tables.end_rows(document["ends"]),
            "reports": tables.class_reports(figures),
            "matrices": tables.matrices(document["curves"]),
            "fallbacks": tables.fallbacks(document),
            "pictures": pictures(document),
            "with_photos": folders is not None,
            "thumbnails": thumbnails({row["path"] for row in shown}, folders.file_of)
            if folders
            else {},
        },
    )


def thumbnails(names: Iterable[str], file_of: Callable[[str], Path]) -> dict[str, str]:
    """Return each photo as a small JPEG in a data address; what cannot be read is left out."""
    return {name: address for name in names if (address := _thumbnail(file_of(name)))}


def _thumbnail(path: Path) -> str | None:
    try:
        image = decode(read_file(path), at_least=THUMBNAIL)
    except (OSError, UnreadablePhotoError):
        return None  # it was readable a moment ago; a page without it is better than none
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=72, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
