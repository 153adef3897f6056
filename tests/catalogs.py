"""Texts of pages and scripts, and their translations, without the gettext programs.

    make messages       # after texts were changed: writes classifier/locale anew

It collects what Python, templates and scripts mark for translation in the .po files, where the new
ones wait for a translator, and compiles these to the .mo files that Django reads. The admin's frame
is a package without Swedish texts: what it marks, and Django has no Swedish for, is collected too.
"""

import ast
import gettext
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import django
import unfold
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.contrib import admin
from django.utils.translation.template import templatize

from tests.repository import REPOSITORY

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
UNFOLD: Final = Path(unfold.__file__).resolve().parent
# Of its optional parts, those that are installed.
_UNFOLDS_PARTS: Final = ("contrib/filters/",)
# Django's Swedish for it reads as a place: "På läge".
_SAID_BETTER: Final = (" By %(filter_title)s ",)
_DJANGO: Final = Path(django.__file__).resolve().parent


class Marked(NamedTuple):
    """A text that is marked for translation, the file that it is in, and its context."""

    text: Message
    path: str
    context: str | None = None


def messages(domain: str) -> Iterator[Marked]:
    """Yield what is marked for translation."""
    if domain == "djangojs":
        for path in _files("classifier/static", "*.js"):
            yield from (Marked(text, path) for text in _extracted("javascript", path))
        return
    for folder in ("classifier", "slowfashion_ai"):
        for path in _files(folder, "*.py"):
            yield from (Marked(text, path) for text in _extracted("python", path))
    for folder in ("classifier/templates", "classifier/overrides"):
        for path in (*_files(folder, "*.html"), *_files(folder, "*.txt")):
            yield from (Marked(text, path) for text in _in_template(path))
    yield from _of_models()
    yield from _of_unfold()


def _of_models() -> Iterator[Marked]:
    """Yield choices, rights and names of our models; of what the admin shows, also of fields."""
    # Here: models can be imported only once Django is set up.
    from classifier.models.names import choice_texts, name_texts, own_names

    for model in apps.get_app_config("classifier").get_models():
        path = f"{model.__module__.replace('.', '/')}.py"
        yield from (Marked(words, path) for words in choice_texts(model))
        yield from (Marked(str(words), path) for _, words in model._meta.permissions)
        shown = name_texts(model) if model in admin.site._registry else own_names(model)
        yield from (Marked(text, path, context) for text, context in shown)


def _of_unfold() -> Iterator[Marked]:
    known = _said_by_django()
    for path in (*_files(".", "*.py", UNFOLD), *_files(".", "*.html", UNFOLD)):
        if path.startswith("contrib/") and not path.startswith(_UNFOLDS_PARTS):
            continue
        texts = _extracted("python", path, UNFOLD) if path.endswith(".py") else None
        for text in texts or _in_template(path, UNFOLD):
            if text in _SAID_BETTER or _first(text) not in known:
                yield Marked(text, f"unfold/{path}")


def _said_by_django() -> set[str]:
    """Return the texts that the parts of Django which are installed have in Swedish."""
    known = set()
    for part in ("conf", "contrib/admin", "contrib/auth"):
        with (_DJANGO / part / "locale/sv/LC_MESSAGES/django.mo").open("rb") as file:
            texts = vars(gettext.GNUTranslations(file))["_catalog"]
        known |= {_first(text) for text, translated in texts.items() if translated}
    return known


def _first(text: Any) -> str:
    """Return a text, or its singular."""
    return str(text[0] if isinstance(text, tuple) else text)


def _files(folder: str, pattern: str, root: Path = REPOSITORY) -> list[str]:
    files = sorted((root / folder).rglob(pattern))
    return [path.relative_to(root).as_posix() for path in files]


def _extracted(method: str, path: str, root: Path = REPOSITORY) -> Iterator[Message]:
    with (root / path).open("rb") as file:
        options = {"parse_template_string": True}
        for _, text, *_ in extract(method, file, keywords=KEYWORDS, options=options):
            yield text if isinstance(text, str) else (str(text[0]), str(text[1]))


def _in_template(path: str, root: Path = REPOSITORY) -> Iterator[Message]:
    """Yield the texts of a template, which Django writes as calls amid what is none of Python."""
    source = templatize((root / path).read_text(encoding="utf-8"), origin=path)
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
    for text, path, context in messages(domain):
        known = before.get(_first(text), context)
        string = known.string if known else None
        now.add(text, string, locations=[(path, 0)], context=context)
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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")
    django.setup()
    write()
