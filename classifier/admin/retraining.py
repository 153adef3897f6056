"""Retraining: start one, watch it, and see how the others ended."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from classifier import retraining
from classifier.admin.dialogs import dialog_action
from classifier.admin.live import live_answer
from classifier.admin.read_only import ReadOnlyAdmin, back_to_list
from classifier.models import RetrainRun
from classifier.sentences import in_language

STATE_COLOURS = {
    "queued": "info",
    "running": "info",
    "failed": "danger",
    "nothing_new": "default",
    "called_off": "default",
    "promoted": "success",
    "rejected": "warning",
}
MESSAGE_SHOWN = 120


class PolicyForm(BaseDialogForm):
    """Asks whether the gate decides about the candidate."""

    policy = forms.ChoiceField(
        label=gettext_lazy("The new model"),
        choices=[
            (RetrainRun.Policy.GATE, gettext_lazy("is promoted if the gate says so")),
            (
                RetrainRun.Policy.NEVER,
                gettext_lazy("waits for a person, if the gate lets it through"),
            ),
            (RetrainRun.Policy.ALWAYS, gettext_lazy("is promoted, whatever the gate says")),
        ],
        widget=UnfoldAdminSelectWidget,
    )


def _question() -> str:
    """Return what the dialog says before the start."""
    there = retraining.preflight()
    if there.ready:
        then = _(
            "The candidate is compared with the champion on the same photos, and the gate says "
            "whether it may replace it."
        )
        return f"{there.summary} {then}"
    ends = _("This would end without a verdict.")
    return f"{ends} {there.summary}"


@admin.register(RetrainRun)
class RetrainRunAdmin(ReadOnlyAdmin):
    """The list of runs, and above it the one in progress."""

    list_display = (
        "name",
        "requested_at",
        "asked",
        "shown_state",
        "took",
        "new_reviews",
        "candidate",
        "short_message",
    )
    list_display_links = ("name",)
    when_empty = gettext_lazy("Every retraining stands here, whoever asked for it.")
    list_filter = ("state", "verdict", "trigger")
    list_per_page = 25
    fields = (
        "state",
        "verdict",
        "policy",
        "asked",
        "requested_at",
        "started_at",
        "finished_at",
        "took",
        "stage",
        "at_work",
        "new_reviews",
        "candidate",
        "whole_message",
    )
    readonly_fields = fields
    actions_list = ("retrain_now", "call_off")
    list_before_template = "admin/classifier/retraining/now.html"

    class Media:
        css = {"all": ("classifier/admin/panels.css", "classifier/admin/models.css")}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may start one may watch it."""
        return super().has_view_permission(request, obj) or self.has_retrain_permission(request)

    def has_retrain_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.retrain")

    def has_call_off_permission(self, request: HttpRequest) -> bool:
        """Only while there is one to call off."""
        return self.has_retrain_permission(request) and _unfinished() is not None

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetrainRun]:
        runs: QuerySet[RetrainRun] = super().get_queryset(request)
        return runs.select_related("requested_by", "candidate")

    def get_urls(self) -> list[URLPattern]:
        return [path("now/", never_cache(self.now), name="retraining_now"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {"title": _("Retraining"), "next_run": retraining.next_run(), **_now()}
        shown["preflight"] = retraining.preflight()
        return super().changelist_view(request, {**(extra_context or {}), **shown})  # type: ignore[no-any-return]  # Unfold ships no types

    def now(self, request: HttpRequest) -> JsonResponse:
        """The run in progress, or the result of the last one, for a script that polls."""
        template = "admin/classifier/retraining/_now.html"
        return live_answer(request, admin=self, template=template, now=_now)

    @dialog_action(
        description=gettext_lazy("Retrain now"),
        icon="model_training",
        permission="retrain",
        title=gettext_lazy("Retrain now?"),
        # Lazy: what there is when somebody asks, not when the program started.
        text=lazy(_question, str)(),
        submit=gettext_lazy("Retrain"),
        form=PolicyForm,
    )
    def retrain_now(self, request: HttpRequest, form: PolicyForm) -> HttpResponse:
        try:
            run = retraining.request(
                trigger=RetrainRun.Trigger.ADMIN,
                policy=RetrainRun.Policy(form.cleaned_data["policy"]),
                by=cast(User, request.user),  # staff
            )
        except retraining.AlreadyRunningError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(run)s waits for the trainer.") % {"run": run})
        return back_to_list(RetrainRun)

    @dialog_action(
        description=gettext_lazy("Call it off"),
        icon="cancel",
        permission="call_off",
        title=gettext_lazy("Call this retraining off?"),
        text=gettext_lazy("What it has done so far is lost. The champion stays what it is."),
        submit=gettext_lazy("Call it off"),
    )
    def call_off(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        run = _unfinished()
        if run is not None and retraining.call_off(run=run, by=cast(User, request.user)):
            messages.success(request, _("%(run)s is called off.") % {"run": run})
        else:
            messages.warning(request, _("It had ended already."))
        return back_to_list(RetrainRun)

    @display(description=gettext_lazy("Retraining"), ordering="id")
    def name(self, run: RetrainRun) -> str:
        return str(run)

    @display(description=gettext_lazy("Requested by"), ordering="trigger")
    def asked(self, run: RetrainRun) -> str:
        return f"{run.get_trigger_display()}{f', {run.requested_by}' if run.requested_by else ''}"

    @display(description=gettext_lazy("Result"), label=STATE_COLOURS, ordering="state")
    def shown_state(self, run: RetrainRun) -> tuple[str, str]:
        return run.verdict or run.state, run.get_verdict_display() or run.get_state_display()

    @display(description=gettext_lazy("Took"))
    def took(self, run: RetrainRun) -> str:
        return elapsed(run) if run.started_at else "–"

    @display(description=gettext_lazy("Message"))
    def whole_message(self, run: RetrainRun) -> str:
        return in_language(run.message) or "–"

    @display(description=gettext_lazy("At work on"))
    def at_work(self, run: RetrainRun) -> str:
        return in_language(run.doing) or "–"

    @display(description=gettext_lazy("Message"))
    def short_message(self, run: RetrainRun) -> str:
        text = in_language(run.message or run.doing)
        whole = len(text) <= MESSAGE_SHOWN or isinstance(text, SafeString)
        return text if whole else f"{text[:MESSAGE_SHOWN]}…"


def _unfinished() -> RetrainRun | None:
    return RetrainRun.objects.filter(finished_at=None).first()


def _now() -> dict[str, Any]:
    """Return what the page shows of the run in progress, or of the last one."""
    run = RetrainRun.objects.select_related("candidate").first()
    return {
        "run": run,
        "unfinished": run is not None and run.finished_at is None,
        "stages": _stages(run) if run else [],
        "elapsed": elapsed(run) if run else "",
        "percent": f"{run.progress:.0%}".replace("%", " %") if run and run.doing else "",
        "missing": in_language(retraining.missing_trainer()),
        "waits": run is not None and run.state == RetrainRun.State.RUNNING and run.owner is None,
        "silent": bool(run and run.owner and run.alive_until and run.alive_until < timezone.now()),
    }


def _stages(run: RetrainRun) -> list[dict[str, str]]:
    """Return every stage and whether it is done, at work now, or still to come."""
    names = list(RetrainRun.Stage)
    at = names.index(RetrainRun.Stage(run.stage)) if run.stage else -1
    return [
        {
            "name": _(stage.label),
            "state": "done" if number < at else "now" if number == at else "",
        }
        for number, stage in enumerate(names)
    ]


def elapsed(run: RetrainRun) -> str:
    """Return how long a run has taken so far, or has waited: ``3 min 12 s``."""
    since, until = run.started_at or run.requested_at, run.finished_at or timezone.now()
    seconds = max(0, round((until - since) / timedelta(seconds=1)))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if hours or minutes else ""]
    return " ".join([*filter(None, parts), f"{seconds % 60} s"])
