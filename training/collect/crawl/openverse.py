"""Openverse: a search for openly licensed photos, which says each one's licence and creator.

Its API is described at https://api.openverse.org/v1/.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from training.collect.crawl.polite_session import FetchError

SEARCH: Final = "https://api.openverse.org/v1/images/"
PAGE: Final = 20  # results a page: all that Openverse gives without registration
# Licences that allow commercial use and changes; Openverse's names.
FREE: Final = ("cc0", "pdm", "by", "by-sa")
LICENCES: Final = (*FREE, "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")


class SearchError(Exception):
    """A page of results cannot be had; the message is a sentence that says why."""


def search_address(search: str, words: str, licences: Iterable[str]) -> str:
    """Return the address of a search's results, without the number of the page."""
    asked = {"q": words, "license": ",".join(licences), "page_size": PAGE}
    return f"{search}?{urlencode(asked)}"


def search_results(fetch: Callable[[str], bytes], address: str) -> Iterator[Mapping[str, Any]]:
    """Yield every result of a search; a page is fetched when its first result is asked for.

    Args:
        fetch: returns what lies at an address, or raises `FetchError`.
        address: see `search_address`.

    Raises:
        SearchError: if a page cannot be fetched, or is no page of results.
    """
    number, pages = 1, 1
    while number <= pages:
        try:
            document = json.loads(fetch(f"{address}&page={number}"))
            pages = int(document["page_count"])
            results = [{**result, "url": str(result["url"])} for result in document["results"]]
        except FetchError as error:
            raise SearchError(str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SearchError(
                f"It is no page of results ({type(error).__name__}: {error})."
            ) from error
        yield from results
        number += 1


def licence_of(result: Mapping[str, Any]) -> str:
    """Return the name of a result's licence."""
    return str(result.get("license")).lower()


def source_of(result: Mapping[str, Any]) -> dict[str, str]:
    """Return what the record keeps of where a photo came from, each on one line."""
    version = result.get("license_version") or ""
    source = {
        "url": result["url"],
        "page": result.get("foreign_landing_url"),
        "title": result.get("title"),
        "creator": result.get("creator"),
        "licence": f"{licence_of(result)} {version}",
        "licence_url": result.get("license_url"),
        "attribution": result.get("attribution"),
        "provider": result.get("provider"),
    }
    return {name: " ".join(str(value or "").split()) for name, value in source.items()}
