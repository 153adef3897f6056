"""Finds the text that a stored English sentence was made of, and translates that."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from django.utils.formats import get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from classifier.sentences import checks, drift, gate, kept, progress, shadow
from classifier.sentences.moments import moment_in_language
from classifier.taxonomy import SUBCLASSES
from classifier.wording import in_words, joined

_ENDS: Final = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
_JOINED: Final = re.compile(r"(, (?=[a-z0-9])| and )")
_SENTENCES: Final = (
    *gate.SENTENCES, *kept.SENTENCES, *checks.SENTENCES, *shadow.SENTENCES, *progress.SENTENCES,
    *drift.SENTENCES,
)  # fmt: skip
# English says "1 point"; the texts are kept with the plural alone.
_PLURAL: Final = re.compile(r"(?<!<)\b(point|photo|review|listing)s\b")
# A number of its own, not the end of 21 or 0.1.
_ONE: Final = re.compile(r"(?<![\d.,\u00a0])1 ")


def in_language(text: str) -> str | SafeString:
    """Return sentences in the reader's language; as HTML that marks what stays English."""
    if not text or _is_english():
        return text
    sentences = _split(text)
    translated = [_sentence(sentence) for sentence in sentences]
    if None not in translated:
        return " ".join(filter(None, translated))
    pairs = zip(translated, sentences, strict=True)
    return format_html_join(
        " ",
        "{}",
        ((known or format_html('<span lang="en">{}</span>', text),) for known, text in pairs),
    )


def _is_english() -> bool:
    return (get_language() or "en").startswith("en")


def _split(text: str) -> list[str]:
    """Return the sentences of a text; one in brackets is part of the sentence around it."""
    sentences: list[str] = []
    for piece in _ENDS.split(text):
        if sentences and sentences[-1].count("(") > sentences[-1].count(")"):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences


def stored(text: str, made_of: Iterable[str]) -> str:
    """Return a text that is kept in English in the reader's language; else as it is kept.

    Args:
        made_of: what it may have been made of, with names of values such as ``%(count)s``.
    """
    return (not _is_english() and _translated(text, made_of)) or text


def phrase(text: str) -> str | SafeString:
    """Return a clause such as what a criterion allows, likewise."""
    if not text or _is_english():
        return text
    clause = _translated(text, gate.BOUNDS) or figure(text)
    return clause if clause != text else format_html('<span lang="en">{}</span>', text)


def figure(name: str) -> str:
    """Return a figure's name in the reader's language; as it is if it is none of ours."""
    return _translated(name, gate.FIGURES) or name


def _sentence(text: str) -> str | None:
    translated = _translated(text, _SENTENCES)
    return translated[:1].upper() + translated[1:] if translated else None


def _translated(text: str, made_of: Iterable[str]) -> str | None:
    """Return a text in the reader's language; None if it was made of none of these."""
    for each in made_of:
        if not (match := _pattern(each).fullmatch(text)):
            continue
        values = {name: _value(name, value) for name, value in match.groupdict().items()}
        if None not in values.values():
            return _with_singulars(_(each) % values)
    return None


def _with_singulars(text: str) -> str:
    """Return a text with "1 photos" as "1 photo": the texts are kept with the plural alone."""
    if not _ONE.search(text):
        return text
    nouns = (
        [ngettext("photo", "photos", count) for count in (1, 2)],
        [ngettext("test photo", "test photos", count) for count in (1, 2)],
        [ngettext("review", "reviews", count) for count in (1, 2)],
        [ngettext("point", "points", count) for count in (1, 2)],
        [ngettext("minute", "minutes", count) for count in (1, 2)],
        [ngettext("listing", "listings", count) for count in (1, 2)],
        [ngettext("time", "times", count) for count in (1, 2)],
    )
    for one, many in nouns:
        text = re.sub(rf"{_ONE.pattern}{re.escape(many)}\b", f"1 {one}", text)
    return text


def _value(name: str, value: str) -> str | None:
    if name in _TRANSLATED:
        return _TRANSLATED[name](value)
    return value if name in _AS_IT_IS else _number(value)


def _number(value: str) -> str:
    """Return numbers as the reader's language writes them."""
    spaced = value.replace(",", "\N{NO-BREAK SPACE}")
    return spaced.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def _figure(value: str) -> str | None:
    """Return a figure's name, which may begin a sentence."""
    return _translated(_begun(value), gate.FIGURES)


def _label(value: str) -> str | None:
    return in_words(value) if value in SUBCLASSES else None


def _figures(value: str) -> str | None:
    return _listed(value, _figure)


def _clauses(value: str) -> str | None:
    return _listed(value, lambda clause: _translated(clause, (*gate.CLAUSES, *shadow.CLAUSES)))


def _listed(value: str, translate: Callable[[str], str | None]) -> str | None:
    """Return names or clauses that are joined by commas and "and"; the longest first."""
    parts = _JOINED.split(value)  # with what joins them in between
    translated: list[str] = []
    while parts:
        for many in range(len(parts), 0, -2):
            if part := translate("".join(parts[:many])):
                translated.append(part)
                del parts[: many + 1]
                break
        else:
            return None
    return joined(translated)


def _after(value: str) -> str | None:
    """Return what follows the move of a figure, part by part."""
    translated = ""
    while value:
        for each in (*gate.MOVES, " (%(share)s)"):
            if match := _pattern(each, whole=False).match(value):
                values = {name: _number(number) for name, number in match.groupdict().items()}
                translated += (_(each) if each in gate.MOVES else each) % values
                value = value[match.end() :]
                break
        else:
            return None
    return translated


def _shift(value: str) -> str | None:
    """Return what grew in the stream, which begins a sentence."""
    return _translated(value, drift.SHIFTS) or _translated(_begun(value), drift.SHIFTS)


def _moved(value: str) -> str | None:
    return _translated(_begun(value), drift.FIGURES)


def _begun(value: str) -> str:
    """Return a name as it stands within a sentence."""
    return value[:1].lower() + value[1:]


def _left(value: str) -> str | None:
    return _translated(value, progress.TIMES_LEFT) if value else ""


def _mix(value: str) -> str | None:
    """Return the shares of the stream: 85 % items, 10 % near photos, 5 % others."""
    kinds = {"items": _("items"), "near photos": _("near photos"), "others": _("others")}
    for kind, words in kinds.items():
        value = value.replace(kind, words)
    return value


_TRANSLATED: Final[Mapping[str, Callable[[str], str | None]]] = {
    "figure": _figure, "figures": _figures, "clauses": _clauses, "after": _after,
    "label": _label, "check": lambda value: _translated(value, checks.NAMES), "mix": _mix,
    "time": moment_in_language, "title": lambda value: _translated(value, progress.TITLES),
    "left": _left, "shift": _shift, "tag": in_words,
    "reference": lambda value: _translated(value, drift.REFERENCES),
    "moved": lambda value: _listed(value, _moved),
}  # fmt: skip
# What these match, for they may be empty.
_MAY_BE_EMPTY: Final = {"after": ".*", "left": "(?:, .* left)?"}
# Values with letters that have no language.
_AS_IT_IS: Final = ("error", "file", "folder", "signal", "version", "by")


@cache
def _pattern(text: str, *, whole: bool = True) -> re.Pattern[str]:
    """Return what matches a text whose values are filled in."""
    number = r"[^a-zA-Z]+?" if whole else r"[^a-zA-Z()]*[^a-zA-Z()\s]"

    def value(name: re.Match[str]) -> str:
        """Numbers and shares have no letters; what is said in words may have some."""
        words = _MAY_BE_EMPTY.get(name[1], ".+?")
        return f"(?P<{name[1]}>{words if name[1] in (*_TRANSLATED, *_AS_IT_IS) else number})"

    escaped = re.sub(r"%\\\((\w+)\\\)s", value, re.escape(text))
    return re.compile(_PLURAL.sub(r"\1s?", escaped))
