"""The API's description as a page for people, made from its schema."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]


class Field(NamedTuple):
    """A parameter of a request, or a field of its form."""

    name: str
    kind: str
    is_required: bool
    description: str


class Operation(NamedTuple):
    """One method of one address."""

    method: str
    path: str
    description: str
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
            one.get("description", ""),
        )
        for one in facts.get("parameters", [])
    ]
    contents: Schema = facts.get("requestBody", {}).get("content", {})
    form = next(iter(contents), "")
    return Operation(
        method.upper(),
        path,
        facts.get("description", ""),
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
            facts.get("description", ""),
        )
        for name, facts in body.get("properties", {}).items()
    ]
