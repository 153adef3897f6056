"""The API's description as a page for people, made from its schema."""

import re
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]
# What stands between backticks, one or two, as docstrings have it.
_CODE: Final = re.compile(r"`{1,2}([^`]+)`{1,2}")


class Field(NamedTuple):
    """A parameter of a request, or a field of its form."""

    name: str
    kind: str
    is_required: bool
    description: SafeString


class Operation(NamedTuple):
    """One method of one address."""

    method: str
    path: str
    description: SafeString
    fields: list[Field]
    form: str
    answers: list[str]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, with what it takes and what it answers."""
    schema: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped there
    operations = [
        _operation(schema, path, method, facts)
        for path, methods in schema["paths"].items()
        for method, facts in methods.items()
    ]
    context = {"operations": operations, "version": schema["info"]["version"]}
    return render(request, "classifier/api.html", context)


def _operation(schema: Schema, path: str, method: str, facts: Schema) -> Operation:
    parameters = [
        Field(
            one["name"],
            one["schema"].get("format") or one["schema"].get("type", ""),
            bool(one.get("required")),
            _with_code(one.get("description", "")),
        )
        for one in facts.get("parameters", [])
    ]
    contents: Schema = facts.get("requestBody", {}).get("content", {})
    form = next(iter(contents), "")
    return Operation(
        method.upper(),
        path,
        _with_code(facts.get("description", "")),
        [*parameters, *_fields(schema, contents.get(form, {}).get("schema", {}))],
        form,
        sorted(facts.get("responses", {})),
    )


def _fields(schema: Schema, body: Schema) -> list[Field]:
    if "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[-1]]
    required = body.get("required", [])
    return [
        Field(
            name,
            facts.get("format") or facts.get("type", ""),
            name in required,
            _with_code(facts.get("description", "")),
        )
        for name, facts in body.get("properties", {}).items()
    ]


def _with_code(text: str) -> SafeString:
    """Return a description as HTML, names in backticks as code."""
    words = _CODE.split(text)  # words and names in turn
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", each) if at % 2 else each,)
            for at, each in enumerate(words)
        ),
    )
