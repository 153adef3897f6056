"""Texts of pages and scripts, and their translations, without the gettext programs.

    make messages       # after texts were changed: writes classifier/locale anew

It collects what Python, templates and scripts mark for translation in the .po files, where the new
ones wait for a translator, and compiles these to the .mo files that Django reads.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

REPOSITORY: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = REPOSITORY / "classifier" / "locale" / "sv" / "LC_MESSAGES"
DOMAINS: Final = ("django", "djangojs")
_PLURAL: Final = (1, 2)
KEYWORDS: Final[dict[str, Any]] = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": _PLURAL, "ngettext_lazy": _PLURAL,
}  # fmt: skip
_CALL: Final = re.compile(r"\b(n?gettext|_)\(")
# Written anew with the same texts, a catalog stays as it is.
_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)

Message = str | tuple[str, str]


def messages(domain: str) -> Iterator[tuple[Message, str]]:
    """Yield what is marked for translation, with the file that it is in."""
    if domain == "djangojs":
        for path in _files("classifier/static", "*.js"):
            yield from ((text, path) for text in _extracted("javascript", path))
        return
    for folder in ("classifier", "slowfashion_ai"):
        for path in _files(folder, "*.py"):
            yield from ((text, path) for text in _extracted("python", path))
    for folder in ("classifier/templates", "classifier/overrides"):
        for path in (*_files(folder, "*.html"), *_files(folder, "*.txt")):
            yield from ((text, path) for text in _in_template(path))


def _files(folder: str, pattern: str) -> list[str]:
    found = sorted((REPOSITORY / folder).rglob(pattern))
    return [path.relative_to(REPOSITORY).as_posix() for path in found]


def _extracted(method: str, path: str) -> Iterator[Message]:
    with (REPOSITORY / path).open("rb") as file:
        options = {"parse_template_string": True}
        for _, text, *_ in extract(method, file, keywords=KEYWORDS, options=options):
            yield text if isinstance(text, str) else (str(text[0]), str(text[1]))


def _in_template(path: str) -> Iterator[Message]:
    """Yield the texts of a template, which Django writes as calls amid what is none of Python."""
    source = templatize((REPOSITORY / path).read_text(encoding="utf-8"), origin=path)
    for call in _CALL.finditer(source):
        for end in re.finditer(r"\)", source[call.start() :]):
            try:
                parsed = ast.parse(source[call.start() : call.start() + end.end()].strip())
            except SyntaxError:  # the parenthesis was one of the text
                continue
            expression = parsed.body[0]
            assert isinstance(expression, ast.Expr)
            assert isinstance(expression.value, ast.Call)
            texts = [ast.literal_eval(each) for each in expression.value.args[:2]]
            yield (texts[0], texts[1]) if call[1] == "ngettext" else texts[0]
            break


def catalog(domain: str) -> Catalog:
    """Return the translations that there are."""
    file = FOLDER / f"{domain}.po"
    if not file.is_file():
        return Catalog(locale="sv")
    with file.open("rb") as opened:
        return read_po(opened, locale="sv", domain=domain)


def updated(domain: str) -> Catalog:
    """Return the catalog with all texts of now and none of before."""
    now = Catalog(
        locale="sv", domain=domain, project="SlowFashion AI", fuzzy=False,
        header_comment="# Swedish texts; `make messages` collects and compiles them.",
        last_translator="", language_team="sv", msgid_bugs_address="",
    )  # fmt: skip
    before = catalog(domain)
    for text, path in messages(domain):
        known = before.get(text[0] if isinstance(text, tuple) else text)
        now.add(text, known.string if known else None, locations=[(path, 0)])
    now.creation_date = now.revision_date = _DATE
    return now


def compiled(domain: str) -> bytes:
    """Return the .mo file that the .po file gives."""
    file = io.BytesIO()
    write_mo(file, catalog(domain))
    return file.getvalue()


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for domain in DOMAINS:
        now = updated(domain)
        with (FOLDER / f"{domain}.po").open("wb") as file:
            write_po(file, now, width=100, include_lineno=False, sort_by_file=True)
        (FOLDER / f"{domain}.mo").write_bytes(compiled(domain))
        missing = [message.id for message in now if message.id and not _is_complete(message)]
        sys.stdout.write(f"{domain}: {len(now)} texts, {len(missing)} without a translation\n")


def _is_complete(message: Any) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts)


if __name__ == "__main__":
    write()
