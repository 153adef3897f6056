"""The model versions: what each is, and which one is in production."""

import json
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from classifier import bundle_files, promotion, registry
from classifier.ml.manifest import BundleError
from classifier.models import ModelVersion

COLOURS = {"champion": "success", "candidate": "info", "rejected": "danger"}


@admin.register(ModelVersion)
class ModelVersionAdmin(ModelAdmin):
    """Versions come from commands; here they are looked at, promoted and rolled back."""

    list_display = ("name", "shown_state", "key_metrics", "created_at", "promoted_at")
    list_filter = ("state",)
    search_fields = ("name",)
    fields = (
        "name", "state", "key_metrics", "created_at", "promoted_at", "promoted_by",
        "weights_sha256", "whole_manifest",
    )  # fmt: skip
    readonly_fields = fields
    actions_detail = ("promote",)
    actions_list = ("roll_back",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_promote_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change model versions may change which one is in production."""
        return request.user.has_perm("classifier.change_modelversion")

    @action(
        description="Promote",
        icon="rocket_launch",
        permissions=["promote"],
        dialog={
            "title": "Promote this model?",
            "description": "Workers will tag every photo from their next batch on with it; the "
            "present champion is retired and can be rolled back to.",
            "form_class": None,
            "form_submit_text": "Promote",
        },
    )
    def promote(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        try:
            version = ModelVersion.objects.get(pk=object_id)
            bundle_files.check_files(version)
            promotion.promote(version=version, by=request.user)  # type: ignore[arg-type]  # staff
        except (ModelVersion.DoesNotExist, BundleError, registry.RegistryError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{version} is the champion now.")
        return _back_to_list()

    @action(
        description="Roll back",
        icon="undo",
        permissions=["promote"],
        dialog={
            "title": "Roll back?",
            "description": "The model that was champion before becomes the champion again. "
            "Photos that are tagged already keep their tags.",
            "form_class": None,
            "form_submit_text": "Roll back",
        },
    )
    def roll_back(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        try:
            version = promotion.rollback(by=request.user)  # type: ignore[arg-type]  # staff
        except (BundleError, registry.RegistryError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{version} is the champion again.")
        return _back_to_list()

    @display(description="State", label=COLOURS, ordering="state")
    def shown_state(self, version: ModelVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()

    @display(description="Metrics")
    def key_metrics(self, version: ModelVersion) -> str:
        """The plain numbers of the bundle's metrics; nested ones are in the whole manifest."""
        metrics = version.manifest.get("metrics", {})
        numbers = {k: v for k, v in metrics.items() if isinstance(v, int | float)}
        return " · ".join(f"{k.replace('_', ' ')} {v:.4g}" for k, v in numbers.items()) or "–"

    @display(description="bundle.json")
    def whole_manifest(self, version: ModelVersion) -> str:
        text = json.dumps(version.manifest, indent=2, ensure_ascii=False)
        return format_html('<pre style="white-space:pre-wrap">{}</pre>', text)


def _back_to_list() -> HttpResponse:
    """Return what makes the dialog leave for the list, where the message is shown."""
    return HttpResponse(
        headers={"HX-Redirect": reverse("admin:classifier_modelversion_changelist")}
    )
