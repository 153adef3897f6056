"""The list of model versions with their figures, and the actions promote and roll back."""

import json
from collections.abc import Callable
from types import EllipsisType
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from classifier.admin.dialogs import dialog_action
from classifier.admin.read_only import ReadOnlyAdmin, back_to_list
from classifier.admin.versions.comparison_page import ComparisonPage
from classifier.admin.versions.key_figures import KEY_FIGURES, KeyFigure, SamePhotos
from classifier.admin.versions.reclassification import Reclassify
from classifier.admin.versions.shadow import StartShadow
from classifier.admin.versions.thresholds_page import ThresholdsPage
from classifier.admin.versions.version_page import VersionPage
from classifier.ml.manifest import BundleError
from classifier.models import ModelVersion
from classifier.sentences import in_language
from classifier.versions import lineage, promotion, registry, storage, trial_load

COLOURS = {"champion": "success", "candidate": "info", "rejected": "danger"}
PROMOTABLE = (ModelVersion.State.CANDIDATE, ModelVersion.State.RETIRED)


def _column(figure: KeyFigure) -> Callable[[ModelVersion], str]:
    """Return a column of the table: the figure, and how it compares; all on the same photos."""

    @display(description=figure.name)
    def shown(version: ModelVersion) -> str:
        row = _same_photos(version).row(version, figure)
        if row.difference is None:
            return row.value
        return format_html(
            '{}<br><span class="m-{}">{}</span>',
            row.value,
            row.difference.trend,
            row.difference.words,
        )

    shown.__name__ = figure.key
    return shown  # type: ignore[no-any-return]  # Unfold's decorator has no types


def _same_photos(version: ModelVersion) -> SamePhotos:
    """Return what the list gave the version."""
    kept: SamePhotos = version.same_photos  # type: ignore[attr-defined]  # by the list
    return kept


class PromoteForm(BaseDialogForm):
    """Carries the champion that was shown, so that a promotion replaces no other."""

    champion = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = registry.champion()
        self.fields["champion"].initial = now.pk if now else None

    def instead_of(self) -> ModelVersion | EllipsisType | None:
        """Return the champion that was shown; no condition if the form did not say."""
        shown = self.cleaned_data["champion"]
        return ... if shown is None else ModelVersion.objects.filter(pk=shown).first()


class OverrideForm(PromoteForm):
    """Asks why the gate is overruled, too."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("Kept with the promotion and shown in the version's history."),
    )


@admin.register(ModelVersion)
class ModelVersionAdmin(
    StartShadow, ComparisonPage, ThresholdsPage, VersionPage, Reclassify, ReadOnlyAdmin
):
    """Versions come from commands and retrainings; here they are compared and promoted."""

    list_display = (
        "name",
        "shown_state",
        *[_column(figure) for figure in KEY_FIGURES],
        "evaluated_on",
        "made",
    )
    list_filter = ("state",)
    search_fields = ("name",)
    when_empty = gettext_lazy("Models come from retrainings, and from manage.py register_model.")
    fields = (
        "name",
        "state",
        "created_at",
        "promoted_at",
        "promoted_by",
        "weights",
        "whole_manifest",
    )
    readonly_fields = fields
    actions_detail = ("promote", "promote_against_gate", "start_shadow")
    actions_list = ("roll_back", "reclassify", "stop_reclassifying")

    class Media:
        css = {"all": ("classifier/admin/panels.css", "classifier/admin/models.css")}

    def has_roll_back_permission(self, request: HttpRequest) -> bool:
        """Whoever may change model versions may change which one is in production."""
        return request.user.has_perm("classifier.change_modelversion")

    def has_promote_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The same people, for what can be promoted: not the champion, nor what was rejected."""
        version = ModelVersion.objects.filter(pk=object_id, state__in=PROMOTABLE).first()
        can_be = version is not None and not version.is_against_gate
        return can_be and self.has_roll_back_permission(request)

    def has_promote_against_gate_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        """Whoever may overrule the gate, for what it rejected."""
        version = ModelVersion.objects.filter(pk=object_id).first()
        can_be = version is not None and version.is_against_gate
        may = request.user.has_perm("classifier.promote_against_gate")
        return can_be and may and self.has_roll_back_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        versions: QuerySet[ModelVersion] = super().get_queryset(request)
        return lineage.with_dataset_changed(versions.select_related("promoted_by"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Give each version of the page the figures that may stand in one column."""
        changes = super().get_changelist_instance(request)
        same_photos = SamePhotos(registry.champion())
        for version in changes.result_list:
            version.same_photos = same_photos
        return changes

    @dialog_action(
        description=gettext_lazy("Promote"),
        icon="rocket_launch",
        permission="promote",
        title=gettext_lazy("Promote this model?"),
        text=gettext_lazy(
            "Workers will tag every photo from their next batch on with it; the present champion "
            "is retired and can be rolled back to."
        ),
        submit=gettext_lazy("Promote"),
        form=PromoteForm,
    )
    def promote(self, request: HttpRequest, form: PromoteForm, object_id: str) -> HttpResponse:
        return self._promote(request, form, object_id)

    @dialog_action(
        description=gettext_lazy("Promote against the gate"),
        icon="gavel",
        permission="promote_against_gate",
        title=gettext_lazy("Promote this model against the gate?"),
        text=gettext_lazy(
            "The gate rejected it; its reasons are on this page. Workers will tag every photo from "
            "their next batch on with it; the present champion is retired and can be rolled back "
            "to."
        ),
        submit=gettext_lazy("Promote against the gate"),
        form=OverrideForm,
    )
    def promote_against_gate(
        self, request: HttpRequest, form: OverrideForm, object_id: str
    ) -> HttpResponse:
        return self._promote(request, form, object_id, form.cleaned_data["reason"])

    def _promote(
        self, request: HttpRequest, form: PromoteForm, object_id: str, reason: str = ""
    ) -> HttpResponse:
        try:
            version = ModelVersion.objects.get(pk=object_id)
            storage.check_files(version)
            trial_load.try_to_load(version)
            promotion.promote(
                version=version,
                by=request.user,  # type: ignore[arg-type]  # staff
                instead_of=form.instead_of(),
                reason=reason,
            )
        except (ModelVersion.DoesNotExist, BundleError, registry.RegistryError) as error:
            messages.error(request, in_language(str(error)))
        else:
            words = _("%(version)s is the champion now.")
            messages.success(request, words % {"version": version})
        return back_to_list(ModelVersion)

    @dialog_action(
        description=gettext_lazy("Roll back"),
        icon="undo",
        permission="roll_back",
        title=gettext_lazy("Roll back?"),
        text=gettext_lazy(
            "The model that was champion before becomes the champion again. Photos that are tagged "
            "already keep their tags."
        ),
        submit=gettext_lazy("Roll back"),
    )
    def roll_back(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        try:
            version = promotion.rollback(by=request.user)  # type: ignore[arg-type]  # staff
        except (BundleError, registry.RegistryError) as error:
            messages.error(request, in_language(str(error)))
        else:
            messages.success(
                request, _("%(version)s is the champion again.") % {"version": version}
            )
        return back_to_list(ModelVersion)

    @display(description=gettext_lazy("State"), label=COLOURS, ordering="state")
    def shown_state(self, version: ModelVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()

    @display(description=gettext_lazy("Judged on"))
    def evaluated_on(self, version: ModelVersion) -> str:
        return _("these photos") if _same_photos(version).of(version) else _("other photos")

    @display(description=gettext_lazy("Made"), ordering="created_at")
    def made(self, version: ModelVersion) -> str:
        day = date_format(timezone.localtime(version.created_at), "DATE_FORMAT")
        if not version.dataset_changed:  # type: ignore[attr-defined]  # annotated
            return day
        return format_html('{}<br><span class="m-worse">{}</span>', day, _("dataset changed"))

    @display(description=gettext_lazy("Weights, SHA-256"))
    def weights(self, version: ModelVersion) -> str:
        return format_html('<code class="m-json">{}</code>', version.weights_sha256)

    @display(description="bundle.json")
    def whole_manifest(self, version: ModelVersion) -> str:
        text = json.dumps(version.manifest, indent=2, ensure_ascii=False)
        return format_html(
            '<details><summary>{}</summary><pre class="m-json">{}</pre></details>', _("show"), text
        )
