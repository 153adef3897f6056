"""What of a page is still in English where it should be Swedish."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests import catalogs

TEXTS: Final = (Path(__file__).parent / "visible_texts.js").read_text(encoding="utf-8")
# Frequent English words that are none in Swedish: what no catalog has is in_english by these.
WORDS: Final = re.compile(
    r"\b(the|of|and|is|are|was|were|been|this|that|these|with|from|not|have|has|had|you|your|it"
    r"|its|as|which|who|what|when|why|there|their|they|yes|any|more|than|photos?"
    r"|reviews?|listings?|model versions?|select|search|add|change|delete|view|since)\b",
    re.IGNORECASE,
)
_VALUE: Final = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{\w+\})")


def english_left(page: Page, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return the texts of a page that are English sentences or words of ours.

    Args:
        but: what people wrote, or are called; it has no language.
    """
    texts: list[str] = page.evaluate(TEXTS)
    in_english = []
    for text in texts:
        rest = text
        for each in sorted(but, key=len, reverse=True):
            rest = rest.replace(each, "")
        if WORDS.search(rest) or _originals().fullmatch(rest):
            in_english.append(f"{page.url}: {text}")
    return in_english


@cache
def _originals() -> re.Pattern[str]:
    """A pattern of all English texts of the catalogs that are another text in Swedish."""
    texts = set()
    translations = set()
    for domain in catalogs.DOMAINS:
        for message in catalogs.catalog(domain):
            if message.id:
                texts |= {_plain(each) for each in _each(message.id)}
                translations |= {_plain(each) for each in _each(message.string)}
    return re.compile("|".join(_pattern(text) for text in sorted(texts - translations)))


def _each(message: Any) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


def _plain(text: str) -> str:
    """Return a text as the page's are compared: without soft hyphens, on one line."""
    return " ".join(text.replace("\u00ad", "").split())


def _pattern(text: str) -> str:
    parts = _VALUE.split(text.replace("%%", "%"))
    return "".join(".+" if number % 2 else re.escape(part) for number, part in enumerate(parts))
