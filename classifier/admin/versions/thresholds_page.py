"""The page on which a version's promise is turned: see what it comes to, then make a version."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from unfold.admin import ModelAdmin

from classifier import jobs
from classifier.admin.live import live_answer
from classifier.admin.versions.thresholds_choice import choice_of, sliders
from classifier.admin.versions.thresholds_view import preview_of
from classifier.ml.manifest import HELD_OUT_NAME
from classifier.models import ModelVersion, TrainerJob
from classifier.sentences import in_language
from classifier.thresholds.held_out import NoHeldOutScoresError
from classifier.versions import registry, storage

PREVIEW = "admin/classifier/models/_thresholds_preview.html"
NOW = "admin/classifier/models/_job.html"
Kind, State = TrainerJob.Kind, TrainerJob.State


class ThresholdsPage(ModelAdmin):
    """Adds the page, what its slider asks for, and the progress of the trainer's work."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        base = "<int:number>/thresholds/"
        pages = [
            path(base, guard(self.thresholds), name="model_thresholds"),
            path(f"{base}preview/", guard(self.preview), name="model_thresholds_preview"),
            path(f"{base}now/<int:job>/", never_cache(self.job_now), name="model_thresholds_now"),
        ]
        return [*pages, *super().get_urls()]

    def thresholds(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show what a promise comes to; on POST ask the trainer for the version."""
        version = self._to_set(request, number)
        table_job = _table_job(version)
        if request.method == "POST":
            return self._make(request, version, table_job)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Thresholds of %(version)s") % {"version": version},
            "opts": self.opts,
            "version": version,
            "is_champion": registry.champion() == version,
            "making": _making(version),
            "table_job": job_context(table_job),
            **_shown(request, version, table_job),
        }
        return TemplateResponse(request, "admin/classifier/models/thresholds.html", context)

    def preview(self, request: HttpRequest, number: int) -> JsonResponse:
        """The consequences alone, for the script that follows the slider."""
        version = self._to_set(request, number)
        shown = _shown(request, version, _table_job(version))
        shown |= {"version": version, "is_champion": registry.champion() == version}
        html = render_to_string(PREVIEW, shown, request)
        return JsonResponse({"html": html})

    def job_now(self, request: HttpRequest, number: int, job: int) -> JsonResponse:
        """How far the trainer is, for a script that polls."""

        def now() -> dict[str, Any]:
            jobs = TrainerJob.objects.select_related("made").filter(pk=job, version=number)
            return job_context(jobs.first())

        return live_answer(request, admin=self, template=NOW, now=now)

    def _make(
        self, request: HttpRequest, version: ModelVersion, table_job: TrainerJob | None
    ) -> HttpResponse:
        page = reverse("admin:model_thresholds", args=[version.pk])
        if "again" in request.POST and table_job and table_job.state == State.FAILED:
            jobs.request(kind=Kind.PROMISES, version=version, arguments=table_job.arguments)
            return HttpResponseRedirect(page)
        if table_job is None or table_job.result is None:
            messages.error(request, _("What each promise comes to is not worked out yet."))
            return HttpResponseRedirect(page)
        try:
            choice = choice_of(request.POST, table_job.result, version)
        except ValueError as error:
            messages.error(request, in_language(str(error)))
            return HttpResponseRedirect(page)
        promote = "promote" in request.POST and registry.champion() == version
        jobs.request(
            kind=Kind.THRESHOLDS,
            version=version,
            arguments={**choice.as_arguments(), "promote": promote},
            by=cast(User, request.user),  # staff
        )
        messages.success(request, _("The trainer makes the version."))
        return HttpResponseRedirect(page)

    def _to_set(self, request: HttpRequest, number: int) -> ModelVersion:
        may = request.user.has_perm("classifier.set_thresholds")
        if not (may and self.has_view_permission(request)):
            raise PermissionDenied
        return self._version(request, number)  # type: ignore[no-any-return]  # of the version's page


def job_context(job: TrainerJob | None) -> dict[str, Any]:
    """Return what the panel of a job shows."""
    return {
        "job": job,
        "unfinished": job is not None and job.finished_at is None,
        "missing": in_language(jobs.missing_trainer(job)) if job else "",
        "percent": f"{job.progress:.0%}".replace("%", " %") if job and job.doing else "",
    }


def _table_job(version: ModelVersion) -> TrainerJob | None:
    """Return the job that works out what each promise comes to; None without held-out scores.

    It is asked for when the page is first opened: it changes nothing, and takes seconds.
    """
    # For another mix of the stream it has to be worked out again.
    arguments = {"mix": settings.STREAM_MIX}
    job = version.jobs.filter(kind=Kind.PROMISES, arguments=arguments).first()
    if job is not None:
        return job
    if (file := storage.open_extra(version, HELD_OUT_NAME)) is None:
        return None
    file.close()
    return jobs.request(kind=Kind.PROMISES, version=version, arguments=arguments)


def _making(version: ModelVersion) -> dict[str, Any]:
    """Return what the panel of the last version that was asked for shows."""
    job = version.jobs.filter(kind=Kind.THRESHOLDS).select_related("made").first()
    return job_context(job)


def _shown(
    request: HttpRequest, version: ModelVersion, table_job: TrainerJob | None
) -> dict[str, Any]:
    """Return sliders and consequences, or why there are none."""
    if table_job is None or table_job.result is None:
        return {"table": None}
    table, asked = table_job.result, request.GET
    shown: dict[str, Any] = {
        "table": table,
        "sliders": sliders(asked, table, version),
        "per": "main" if asked.get("per") == "main" else "all",
        "may_see_photos": request.user.has_perm("classifier.view_listingphoto"),
    }
    try:
        shown |= preview_of(version, choice_of(asked, table, version))
    except (NoHeldOutScoresError, ValueError) as error:
        shown["error"] = in_language(str(error))
    return shown
