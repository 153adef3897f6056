"""The table of search words: what is searched for each folder of photos."""

import csv
from pathlib import Path
from typing import Final

from classifier.taxonomy import MAIN_CLASSES, MAIN_OF
from training.data.folder import NEAR, OTHERS, PhotosError

OUR_WORDS: Final = Path(__file__).with_name("search_words.csv")


def read_search_words(path: Path = OUR_WORDS) -> dict[str, list[str]]:
    """Return folder to search words, in the table's order.

    Raises:
        PhotosError: if the table is missing, has other columns, or names a folder that is none of
            Main/Subclass, Near/Main/Kind and Others/Kind.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PhotosError(
            f"The search words {path} cannot be read ({error}). Expected a CSV file in UTF-8 with "
            "the columns folder and words."
        ) from error
    words: dict[str, list[str]] = {}
    for line, row in enumerate(rows, start=2):
        folder, searched = (row.get("folder") or "").strip(), (row.get("words") or "").strip()
        if not searched or not _is_ours(folder):
            raise PhotosError(
                f"{path}, line {line}: expected a folder (Main/Subclass, {NEAR}/Main/Kind or "
                f"{OTHERS}/Kind) and words, found {folder!r} and {searched!r}."
            )
        words.setdefault(folder, []).append(searched)
    if not words:
        raise PhotosError(f"{path} has no search words. Expected the columns folder and words.")
    return words


def _is_ours(folder: str) -> bool:
    if ".." in folder:
        return False
    match folder.split("/"):
        case ["Others", kind]:
            return bool(kind)
        case ["Near", main, kind]:
            return main in MAIN_CLASSES and bool(kind)
        case [main, sub]:
            return MAIN_OF.get(sub) == main
    return False
