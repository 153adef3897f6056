"""The operator's page: what is wrong now, above the alarms there were."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.decorators import display

from classifier.admin.live import live_answer
from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import Alarm
from classifier.operations import status
from classifier.sentences import in_language

WIDTH: Final = 600.0
HEIGHT: Final = 120.0


class CheckFilter(admin.AllValuesFieldListFilter):
    """Which check raised it, in the reader's language."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": _(str(choice["display"]).replace("_", " "))}


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    """Past alarms; the panels above say how it is now."""

    list_display = ("part", "since", "lasted", "what_to_do")
    list_display_links = None
    when_empty = gettext_lazy("There has been no alarm.")
    list_filter = (("check_name", CheckFilter),)
    list_per_page = 25
    list_before_template = "admin/classifier/status/now.html"

    class Media:
        css = {"all": ("classifier/admin/panels.css", "classifier/admin/models.css")}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("classifier.view_status")

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.change_listingphoto")

    def get_urls(self) -> list[URLPattern]:
        again = require_POST(self.admin_site.admin_view(self.try_again))
        return [
            path("now/", never_cache(self.now), name="status_now"),
            path("try-again/", again, name="status_try_again"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {
            "title": _("Status"), **_now(), "reasons": status.failed_by_reason(timezone.now()),
            "may_try_again": self.has_try_again_permission(request),
            "failed_days": status.FAILED_DAYS,
        }  # fmt: skip
        return super().changelist_view(request, {**(extra_context or {}), **shown})  # type: ignore[no-any-return]  # Unfold ships no types

    def now(self, request: HttpRequest) -> JsonResponse:
        """The panels, for a script that polls."""
        return live_answer(
            request, admin=self, template="admin/classifier/status/_now.html", now=_now
        )

    def try_again(self, request: HttpRequest) -> HttpResponse:
        """Make the photos that failed for one reason pending again."""
        if not (self.has_view_permission(request) and self.has_try_again_permission(request)):
            return HttpResponse(_("You may not do this."), status=403)
        count = status.try_again(request.POST.get("error", ""))
        if count:
            words = ngettext(
                "%d photo is being tried again.", "%d photos are being tried again.", count
            )
            messages.success(request, words % count)
        else:
            messages.warning(request, _("None of these photos is failed any more."))
        return redirect("admin:classifier_alarm_changelist")

    @display(description=gettext_lazy("What"), ordering="check_name")
    def part(self, alarm: Alarm) -> str:
        return alarm.name_in_words

    @display(description=gettext_lazy("What is wrong and what to do"))
    def what_to_do(self, alarm: Alarm) -> str:
        return in_language(alarm.sentence)

    @display(description=gettext_lazy("Lasted"))
    def lasted(self, alarm: Alarm) -> str:
        return _("still") if alarm.ended_at is None else duration(alarm.ended_at - alarm.since)


def duration(time: timedelta) -> str:
    """Return a duration in its two largest units: ``3 min 12 s``."""
    seconds = max(0, round(time.total_seconds()))
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, length in units:
        count, seconds = divmod(seconds, length)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])


def _now() -> dict[str, Any]:
    """Return what the panels show."""
    overview = status.overview()
    busiest = max((hour.tagged for hour in overview.hours), default=0)
    step = WIDTH / status.HOURS
    bars = [
        {
            "x": round(number * step, 2), "width": round(step * 0.8, 2),
            "y": round(HEIGHT * (1 - hour.tagged / busiest), 2),
            "height": round(HEIGHT * hour.tagged / busiest, 2),
            "words": _hour(hour),
        }
        for number, hour in enumerate(overview.hours)
        if busiest and hour.tagged
    ]  # fmt: skip
    slowest = max((hour.longest for hour in overview.hours if hour.longest), default=None)
    return {
        "overview": overview,
        "bars": bars, "busiest": busiest, "width": WIDTH, "height": HEIGHT,
        "slowest": duration(slowest) if slowest else "",
        "tagged": sum(hour.tagged for hour in overview.hours),
        "waits": duration(timezone.now() - overview.oldest) if overview.oldest else "",
        "processes": [_process(process) for process in overview.processes],
        "no_monitor": "" if overview.is_watched else in_language(status.NO_MONITOR),
        "canary": duration(overview.canary.tagged_at - overview.canary.sent_at)
        if overview.canary and overview.canary.tagged_at else "",
        "unfinished": bool(overview.pending),
    }  # fmt: skip


def _hour(hour: status.Hour) -> str:
    begins = date_format(timezone.localtime(hour.begins), "TIME_FORMAT")
    if not hour.longest:
        return _("%(time)s: %(count)d tagged") % {"time": begins, "count": hour.tagged}
    return _("%(time)s: %(count)d tagged, the slowest after %(longest)s") % {
        "time": begins, "count": hour.tagged, "longest": duration(hour.longest),
    }  # fmt: skip


def _process(process: status.Process) -> dict[str, Any]:
    row = process.row
    return {
        "kind": row.get_kind_display(), "name": row.name.partition("@")[2], "row": row,
        "is_alive": process.is_alive,
        "silent": duration(timezone.now() - row.seen_at),
        "runs": duration(timezone.now() - row.started_at),
        "does": " · ".join(filter(None, [row.model, row.engine, row.device])),
    }  # fmt: skip
