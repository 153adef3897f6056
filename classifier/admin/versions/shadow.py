"""Shadows in the admin: start one, watch agreement and cost day by day, call it off."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget

from classifier import wording
from classifier.admin.dialogs import dialog_action
from classifier.admin.read_only import ReadOnlyAdmin, back_to_list
from classifier.models import ModelVersion, Shadow
from classifier.sentences import in_language
from classifier.shadow import decide, run
from classifier.shadow.figures import Compared, CostDifference, by_day, compare
from classifier.versions import registry

COLOURS = {
    "running": "info",
    "promoted": "success",
    "dropped": "warning",
    "called_off": "default",
    "failed": "danger",
}


class StartForm(BaseDialogForm):
    """Asks for the share of photos, and for how many the rule is applied."""

    percent = forms.DecimalField(
        label=gettext_lazy("Share of live photos, in per cent"),
        min_value=1,
        max_value=100,
        initial=20,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    photos = forms.IntegerField(
        label=gettext_lazy("Photos to compare"),
        min_value=run.LEAST_WANTED,
        max_value=run.MOST_WANTED,
        initial=1000,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy(
            "The rule is applied once, when so many are compared and those on which both differ "
            "are reviewed."
        ),
    )


class StartShadow(ModelAdmin):
    """Adds the button to the page of a version."""

    def has_start_shadow_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For what may be promoted, while no shadow runs."""
        if not request.user.has_perm("classifier.run_shadow") or run.running() is not None:
            return False
        version = ModelVersion.objects.filter(pk=object_id).first()
        return (
            version is not None and version != registry.champion() and not version.is_against_gate
        )

    @dialog_action(
        description=gettext_lazy("Start a shadow"),
        icon="visibility",
        permission="start_shadow",
        title=gettext_lazy("Let it tag live photos silently?"),
        text=gettext_lazy(
            "Sellers and moderators see the champion's tags alone. Photos on which both differ go "
            "to the moderators. It is promoted or dropped by the gate's rule when enough is known."
        ),
        submit=gettext_lazy("Start"),
        form=StartForm,
    )
    def start_shadow(self, request: HttpRequest, form: StartForm, object_id: str) -> HttpResponse:
        try:
            shadow = run.start(
                version=ModelVersion.objects.get(pk=object_id),
                share=float(form.cleaned_data["percent"]) / 100,
                photos_wanted=form.cleaned_data["photos"],
                by=cast(User, request.user),  # staff
            )
        except (ModelVersion.DoesNotExist, registry.RegistryError) as error:
            messages.error(request, in_language(str(error)))
            return back_to_list(ModelVersion)
        words = _("%(version)s tags live photos silently.")
        messages.success(request, words % {"version": shadow.version})
        page = reverse("admin:classifier_shadow_change", args=[shadow.pk])
        return HttpResponse(headers={"HX-Redirect": page})


@admin.register(Shadow)
class ShadowAdmin(ReadOnlyAdmin):
    """The list of shadows, and the page of one with its figures by day."""

    list_display = ("name", "version", "champion", "shown_state", "photos", "started_at")
    list_display_links = ("name",)
    when_empty = gettext_lazy("A shadow is started from the page of a model version.")
    list_filter = ("state",)
    fields = ("version", "champion", "started_by", "started_at", "ended_at")
    readonly_fields = fields
    actions_detail = ("call_off",)
    change_form_outer_before_template = "admin/classifier/models/shadow.html"

    class Media:
        css = {"all": ("classifier/admin/panels.css", "classifier/admin/models.css")}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may look at versions may look at their shadows."""
        return bool(request.user.has_perm("classifier.view_modelversion"))

    def has_call_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Only while it runs."""
        may = request.user.has_perm("classifier.run_shadow")
        return may and Shadow.objects.filter(pk=object_id, state=Shadow.State.RUNNING).exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shadow]:
        shadows: QuerySet[Shadow] = super().get_queryset(request)
        compared = Count("tags", filter=Q(tags__outcome__isnull=False))
        return shadows.select_related("version", "champion").annotate(compared=compared)

    def page_facts(self, request: HttpRequest, row: Shadow) -> dict[str, Any]:
        return _facts(row)

    @dialog_action(
        description=gettext_lazy("Call it off"),
        icon="cancel",
        permission="call_off",
        title=gettext_lazy("Call this shadow off?"),
        text=gettext_lazy(
            "The champion stays what it is. What was compared so far stays on this page."
        ),
        submit=gettext_lazy("Call it off"),
    )
    def call_off(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        shadow = Shadow.objects.filter(pk=object_id).first()
        if shadow is not None and run.call_off(shadow=shadow, by=cast(User, request.user)):
            messages.success(request, _("%(run)s is called off.") % {"run": shadow})
        else:
            messages.warning(request, _("It had ended already."))
        return back_to_list(Shadow)

    @display(description=gettext_lazy("Shadow"), ordering="id")
    def name(self, shadow: Shadow) -> str:
        return str(shadow)

    @display(description=gettext_lazy("State"), label=COLOURS, ordering="state")
    def shown_state(self, shadow: Shadow) -> tuple[str, str]:
        return shadow.state, shadow.get_state_display()

    @display(description=gettext_lazy("Photos compared"))
    def photos(self, shadow: Shadow) -> str:
        compared: int = shadow.compared  # type: ignore[attr-defined]  # annotated
        words = _("%(count)s of %(all)s")
        return words % {"count": f"{compared:,}", "all": f"{shadow.photos_wanted:,}"}


def _facts(shadow: Shadow) -> dict[str, Any]:
    photos = decide.compared_photos(shadow)
    wrong_tag = settings.GATE_WRONG_TAG_COST
    whole = compare(photos, wrong_tag)
    return {
        "shadow": shadow,
        "percent": f"{number_format(float(f'{100 * shadow.share:.3g}'))} %",
        "unscored": shadow.tags.filter(outcome=None).count(),
        "whole": _shown(whole),
        "days": [
            {"day": day, **_shown(one), "so_far": _cost(so_far.cost)}
            for day, one, so_far in by_day(photos, wrong_tag)
        ],
        "reviewed_of_100": decide.REVIEWED_OF_100,
        "wrong_tag": f"{wrong_tag:g}",
    }


def _shown(compared: Compared) -> dict[str, Any]:
    return {
        "photos": compared.photos,
        "different": compared.different,
        "reviewed": compared.reviewed,
        "waiting": compared.different - compared.reviewed,
        "agreement": wording.percent(compared.agreement) or "–",
        "cost": _cost(compared.cost),
    }


def _cost(cost: CostDifference | None) -> str:
    """Return a difference with its interval: ``−48 (−90 to −12)``."""
    if cost is None:
        return _("not known yet")
    value, low, high = (f"{number:+,.0f}" for number in (cost.value, cost.low, cost.high))
    shown = _("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}
    return shown.replace("-", "−").replace("+0", "0").replace("−0", "0")
