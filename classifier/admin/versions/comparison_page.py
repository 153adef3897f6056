"""The page that has any two versions judged on the same photos."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from unfold.admin import ModelAdmin

from classifier import jobs
from classifier.admin.live import live_answer
from classifier.admin.versions.gate_report import view_of
from classifier.admin.versions.key_figures import report_rows
from classifier.admin.versions.thresholds_page import NOW, job_context
from classifier.models import ModelVersion, TrainerJob
from classifier.versions import registry
from classifier.versions.gate_report import GateReport

COMPARISON = TrainerJob.Kind.COMPARISON


class ComparisonPage(ModelAdmin):
    """Adds the page, and the progress of the trainer's work."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        base = "<int:number>/compare/"
        pages = [
            path(base, guard(self.compare), name="model_compare"),
            path(
                f"{base}now/<int:job>/", never_cache(self.comparison_now), name="model_compare_now"
            ),
        ]
        return [*pages, *super().get_urls()]

    def compare(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show what was found of the version beside another; on POST ask the trainer."""
        if not request.user.has_perm("classifier.compare_versions"):
            raise PermissionDenied
        version: ModelVersion = self._version(request, number)
        others = ModelVersion.objects.exclude(pk=version.pk)
        other = _chosen(request, version)
        if request.method == "POST":
            return self._compare(request, version, other)
        job = _last(version, other)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(version)s and another version on the same photos") % {"version": version},
            "opts": self.opts,
            "version": version,
            "others": others,
            "other": other,
            "panel": job_context(job),
            **_report_of(job),
        }
        return TemplateResponse(request, "admin/classifier/models/compare.html", context)

    def comparison_now(self, request: HttpRequest, number: int, job: int) -> JsonResponse:
        """How far the trainer is, for a script that polls."""

        def now() -> dict[str, Any]:
            return job_context(TrainerJob.objects.filter(pk=job, version=number).first())

        return live_answer(request, admin=self, template=NOW, now=now)

    def _compare(
        self, request: HttpRequest, version: ModelVersion, other: ModelVersion | None
    ) -> HttpResponse:
        page = reverse("admin:model_compare", args=[version.pk])
        if other is None:
            messages.error(request, _("Choose another version to compare with this one."))
            return HttpResponseRedirect(page)
        by = cast(User, request.user)  # staff
        jobs.request(kind=COMPARISON, version=version, other=other, by=by)
        return HttpResponseRedirect(f"{page}?with={other.pk}")


def _chosen(request: HttpRequest, version: ModelVersion) -> ModelVersion | None:
    """Return the version that was chosen; else the champion, its parent, or the newest other."""
    asked = (request.POST if request.method == "POST" else request.GET).get("with")
    others = ModelVersion.objects.exclude(pk=version.pk)
    if asked is not None:
        return others.filter(pk=asked).first() if asked.isdigit() and len(asked) < 19 else None
    champion = registry.champion()
    usual = champion if champion != version else version.parent
    return usual or others.first()


def _last(version: ModelVersion, other: ModelVersion | None) -> TrainerJob | None:
    if other is None:
        return None
    return TrainerJob.objects.filter(kind=COMPARISON, version=version, other=other).first()


def _report_of(job: TrainerJob | None) -> dict[str, Any]:
    """Return the figures and criteria of a comparison that is done."""
    if job is None or job.result is None:
        return {}
    return {
        "gate": view_of(GateReport.from_dict(job.result)),
        "figures": report_rows(job.result),
    }
