"""Names of models, fields and choices as pages show them, in the reader's language.

Django makes most of these names from the code. They are marked for translation here, once for all:
a `verbose_name` in every field would say them twice, and be part of migrations too.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import AppConfig
from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

# Such as "at" and "sub", which are words of other texts too.
CONTEXT: Final = "name of a model or field"
# What people read where the code's own name would not tell them enough.
PLAIN_WORDS: Final = {
    "retrain run": "retraining",
    "retrain runs": "retrainings",
    "main": "main class",
    "sub": "subclass",
    "at": "time",
    "because": "reason for the seller",
    "is final": "settles the photo",
    "voided": "undone",
    "voids": "undoes",
    "predicted outcome": "the model's outcome",
    "predicted main": "the model's main class",
    "predicted sub": "the model's subclass",
    "predicted main confidence": "the model's confidence in the main class",
    "predicted sub confidence": "the model's confidence in the subclass",
    "main confidence": "confidence in the main class",
    "sub confidence": "confidence in the subclass",
}


def translate_names(app: AppConfig) -> None:
    """Have names, help texts and choices of an app's models follow the language; called once.

    Migrations are not concerned: they take names from the code. The ``label`` of an enumeration's
    member is English whatever the language: for logs, and for what is stored.
    """
    for model in app.get_models():
        options = model._meta
        options.verbose_name = _name(options.verbose_name)
        options.verbose_name_plural = _name(str(options.verbose_name_plural))
        for field in _fields(model):
            field.verbose_name = _name(field.verbose_name)
            field.help_text = _text(field.help_text)
            if field.choices:
                field.choices = [(value, _text(words)) for value, words in field.choices]


def name_texts(model: type[models.Model]) -> Iterator[tuple[str, str | None]]:
    """Yield names and help texts of a model and its fields, each with its context, in English."""
    yield from own_names(model)
    for field in _fields(model):
        yield str(field.verbose_name), CONTEXT
        if field.help_text:
            yield str(field.help_text), None


def own_names(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Yield the names of a model alone."""
    for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
        yield str(name), CONTEXT


def choice_texts(model: type[models.Model]) -> Iterator[str]:
    """Yield the words of a model's choices, in English."""
    for field in _fields(model):
        yield from (str(words) for _, words in field.choices or () if words)


def _name(words: Any) -> Any:
    if not isinstance(words, str):
        return words
    return pgettext_lazy(CONTEXT, PLAIN_WORDS.get(words, words))


def _text(words: Any) -> Any:
    return gettext_lazy(words) if isinstance(words, str) and words else words


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.get_fields() if isinstance(field, models.Field)]
