"""Read-only tables: rows come from the product, and only its actions change them."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from classifier.admin.paginator import TablePaginator


class WithoutHistory(ModelAdmin):
    """Pages without the link to Django's history of forms: no form changes these rows."""

    def page_facts(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the template of a row's page needs besides the row."""
        return {}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *, obj: Any = None, **more: Any
    ) -> HttpResponse:
        facts = self.page_facts(request, obj) if obj else {}
        shown = {**context, "show_history": False, **facts}
        return super().render_change_form(request, shown, obj=obj, **more)  # type: ignore[no-any-return]  # Unfold ships no types


class ReadOnlyAdmin(WithoutHistory):
    """Nobody adds, changes or deletes a row by a form."""

    paginator = TablePaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a row; or the list, if it has no links since it has all that its rows tell."""
        if self.list_display_links is None and self.has_view_permission(request):
            return redirect(_list_of(self.model))
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]  # Unfold ships no types


class CascadingDelete(ModelAdmin):
    """Deletes rows with what read-only tables have of them alone, which nobody may delete there."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[Any], list[Any]]:
        tree, counts, lacking, protected = super().get_deleted_objects(objs, request)
        read_only = {
            str(model._meta.verbose_name)
            for model, table in self.admin_site._registry.items()
            if isinstance(table, ReadOnlyAdmin)
        }
        return tree, counts, {name for name in lacking if str(name) not in read_only}, protected


def back_to_list(model: type[Model]) -> HttpResponse:
    """Return the response that sends an action's dialog to the list, where the message is shown."""
    return HttpResponse(headers={"HX-Redirect": reverse(_list_of(model))})


def _list_of(model: type[Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
