"""Read-only tables: rows come from the product, and only its actions change them."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from classifier.admin.paginator import BoundedPaginator


class ReadOnlyAdmin(ModelAdmin):
    """Nobody adds, changes or deletes a row by a form."""

    paginator = BoundedPaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def back_to_list(model: type[Model]) -> HttpResponse:
    """Return the response that sends an action's dialog to the list, where the message is shown."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return HttpResponse(headers={"HX-Redirect": reverse(name)})
