"""Rights in the reader's language: Django keeps their names in the database, in English."""

from typing import Any, Final

from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from unfold.admin import ModelAdmin

# Those that Django makes for every model; the names of ours are in the models.
_OF_EVERY_MODEL: Final = {
    "add": gettext_noop("Can add %(model)s"),
    "change": gettext_noop("Can change %(model)s"),
    "delete": gettext_noop("Can delete %(model)s"),
    "view": gettext_noop("Can view %(model)s"),
}


def in_words(right: Permission) -> str:
    """Return whose right it is and what it allows: ``Classifier | review | Can add review``."""
    act, _between, model = right.codename.partition("_")
    of_every_model = act in _OF_EVERY_MODEL and model == right.content_type.model
    name = (
        _(_OF_EVERY_MODEL[act]) % {"model": right.content_type.name}
        if of_every_model
        else _(right.name)
    )
    return f"{right.content_type.app_labeled_name} | {name}"


class TranslatedRights(ModelAdmin):
    """Shows rights in the reader's language where they can be chosen."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.remote_field.model is Permission:
            field.label_from_instance = in_words
            # Secrets of second factors: no page shows these rows, so no right to them is of use.
            field.queryset = field.queryset.exclude(content_type__app_label__startswith="otp_")
        return field
