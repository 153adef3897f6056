"""Openverse: a search for openly licensed photos, which says each one's licence and creator.

Its API is described at https://api.openverse.org/v1/.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

SEARCH: Final = "https://api.openverse.org/v1/images/"
PAGE: Final = 20  # results a page: all that Openverse gives without registration
# Licences that allow commercial use and changes; Openverse's names.
FREE: Final = ("cc0", "pdm", "by", "by-sa")
LICENCES: Final = (*FREE, "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")


def search_address(search: str, words: str, licences: Iterable[str]) -> str:
    """Return the address of a search's results, without the number of the page."""
    asked = {"q": words, "license": ",".join(licences), "page_size": PAGE}
    return f"{search}?{urlencode(asked)}"


def licence_of(result: Mapping[str, Any]) -> str:
    """Return the name of a result's licence."""
    return str(result.get("license")).lower()


def source_of(result: Mapping[str, Any]) -> dict[str, str]:
    """Return what the record keeps of where a photo came from, each on one line."""
    version = result.get("license_version") or ""
    told = {
        "url": result["url"],
        "page": result.get("foreign_landing_url"),
        "title": result.get("title"),
        "creator": result.get("creator"),
        "licence": f"{licence_of(result)} {version}",
        "licence_url": result.get("license_url"),
        "attribution": result.get("attribution"),
        "provider": result.get("provider"),
    }
    return {name: " ".join(str(value or "").split()) for name, value in told.items()}
