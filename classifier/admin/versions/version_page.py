"""The page of a model version: figures, the gate's reasons, where it comes from, its report."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from classifier.admin.read_only import WithoutHistory
from classifier.admin.versions import gate_report, key_figures
from classifier.ml.manifest import REPORT_NAME
from classifier.models import ModelVersion
from classifier.versions import history, lineage, registry, storage
from slowfashion_ai.middleware.content_security import HEADER

REVIEWS_PER_PAGE: Final = 100
# A report is a file that somebody made elsewhere: it may show itself, and do nothing at all.
REPORT_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class VersionPage(WithoutHistory):
    """Adds the figures above a version's fields, its report and its reviews."""

    change_form_outer_before_template = "admin/classifier/models/version.html"

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        pages = [
            path("<int:number>/report/", guard(self.report), name="model_report"),
            path("<int:number>/reviews/", guard(self.reviews), name="model_reviews"),
        ]
        return [*pages, *super().get_urls()]

    def page_facts(self, request: HttpRequest, row: ModelVersion) -> dict[str, Any]:
        may = request.user.has_perm
        return {
            **_facts(row),
            "may_compare": may("classifier.compare_versions"),
            "may_set_thresholds": may("classifier.set_thresholds"),
            "may_see_reviews": may("classifier.view_review"),
        }

    def report(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """The report that came with the bundle, in the sandbox of its own content policy."""
        version = self._version(request, number)
        file = storage.open_extra(version, REPORT_NAME)
        if file is None:
            raise Http404(_("%(version)s has no report.") % {"version": version})
        headers = {HEADER: REPORT_POLICY, "X-Content-Type-Options": "nosniff"}
        return FileResponse(file, content_type="text/html; charset=utf-8", headers=headers)

    def reviews(self, request: HttpRequest, number: int) -> HttpResponse:
        """The reviews in the version's dataset."""
        version = self._version(request, number)
        if not request.user.has_perm("classifier.view_review"):
            raise PermissionDenied
        pages = Paginator(lineage.reviews_in(version), REVIEWS_PER_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reviews that %(version)s learned from") % {"version": version},
            "version": version,
            "page": pages.get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "admin/classifier/models/reviews.html", context)

    def _version(self, request: HttpRequest, number: int) -> ModelVersion:
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = ModelVersion.objects.filter(pk=number).first()
        if version is None:
            raise Http404(_("There is no such model version."))
        return version


def _facts(version: ModelVersion) -> dict[str, Any]:
    champion = registry.champion()
    return {
        "version": version,
        "gate": gate_report.gate_view(version),
        "figures": key_figures.rows(version),
        "everything": key_figures.everything(version),
        "champion_everything": key_figures.champion_everything(version),
        "without_figures": key_figures.without_figures(version),
        "champion": champion,
        "chain": [
            {"learned": one, "reviews": lineage.by_split(one.reviews)}
            for one in lineage.of_version(version)
        ],
        "periods": history.periods(version),
        "report": reverse("admin:model_report", args=[version.pk]) if _has_report(version) else "",
        "runs": version.runs.all()[:5],
    }


def _has_report(version: ModelVersion) -> bool:
    file = storage.open_extra(version, REPORT_NAME)
    if file is None:
        return False
    file.close()
    return True
