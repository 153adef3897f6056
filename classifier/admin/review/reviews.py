"""Reviews as a read-only table, and beside it the queue's pages."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import ensure_csrf_cookie
from unfold.decorators import display

from classifier.accounts import audit
from classifier.admin import pictures
from classifier.admin.date_filter import WholeDaysFilter
from classifier.admin.read_only import ReadOnlyAdmin
from classifier.admin.review import endpoints, grid_page, practice, wording
from classifier.admin.review.chosen import ReviewColumn, with_column
from classifier.admin.review.filters import ModeratorFilter
from classifier.admin.search import BoundedSearch
from classifier.models import Review
from classifier.models.queries.row_numbers import row_number
from classifier.review import export
from classifier.review.guidance.guidelines import guideline_cards
from classifier.review.history import latest_verdicts, occasion
from classifier.review.quality import charts, moderators
from classifier.review.queue import shortcuts
from classifier.review.queue.counters import counters
from classifier.taxonomy import label_path
from classifier.throttles import address_of
from classifier.wording import in_words

ENDPOINTS = {
    "take": endpoints.take,
    "decide": endpoints.decide,
    "undo": endpoints.undo,
    "skip": endpoints.skip,
    "back": endpoints.back,
    "again": endpoints.again,
    "keep": endpoints.keep,
    "release": endpoints.release,
    "choose": endpoints.choose,
    "settle": endpoints.settle,
    "practise": practice.practise,
}


@admin.register(Review)
class ReviewAdmin(BoundedSearch, ReviewColumn, ReadOnlyAdmin):
    """Every review, the newest first; nothing can be changed here."""

    list_display = (
        "small",
        "shown_verdict",
        "model_tag",
        "shown_state",
        "shown_occasion",
        "moderator",
        "at",
    )
    list_display_links = ("shown_verdict",)
    when_empty = gettext_lazy("Reviews come here as moderators decide, in the queue or the grid.")
    list_filter = (
        "verdict",
        "main",
        "sub",
        "is_final",
        "sampled",
        "source",
        ("moderator", ModeratorFilter),
        ("at", WholeDaysFilter),
    )
    list_filter_submit = True
    list_select_related = ("moderator", "photo")
    list_per_page = 50
    fields = (
        "photo", "shown_verdict", "state_in_words", "voids", "moderator", "at", "seconds",
        "shown_occasion", "sampling_share", "blind", "round", "because", "note", "model_version",
        "model_tag", "main_share", "sub_share",
    )  # fmt: skip
    readonly_fields = fields
    search_fields = ("photo__listing__title", "moderator__username")
    listing_field = "photo__listing"
    ordering = ("-id",)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return with_column(request, self.list_display)

    @display(description=gettext_lazy("Photo"))
    def small(self, review: Review) -> str:
        return pictures.thumbnail(review.photo, 56) if review.photo else _("deleted")

    @display(description=gettext_lazy("Verdict"))
    def shown_verdict(self, review: Review) -> str:
        return in_words(review.label)

    @display(description=gettext_lazy("The model's tag"))
    def model_tag(self, review: Review) -> str:
        return (
            in_words(label_path(review.predicted_main, review.predicted_sub))
            if review.predicted_outcome
            else "–"
        )

    @display(description=gettext_lazy("State"))
    def state_in_words(self, review: Review) -> str:
        return wording.state(review)[1]

    @display(description=gettext_lazy("The model's confidence in the main class"))
    def main_share(self, review: Review) -> str:
        return pictures.confidence(review.predicted_main_confidence)

    @display(description=gettext_lazy("The model's confidence in the subclass"))
    def sub_share(self, review: Review) -> str:
        return pictures.confidence(review.predicted_sub_confidence)

    @display(description=gettext_lazy("State"), label=wording.STATE_COLOURS)
    def shown_state(self, review: Review) -> tuple[str, str]:
        return wording.state(review)

    @display(description=gettext_lazy("Why it was reviewed"))
    def shown_occasion(self, review: Review) -> str:
        return occasion(review)

    def get_urls(self) -> list[URLPattern]:
        page = ensure_csrf_cookie(self.admin_site.admin_view(self.queue))
        endpoint_paths = [
            path(f"queue/{name}/", view, name=f"review_queue_{name}")
            for name, view in ENDPOINTS.items()
        ]
        gradcam = path(
            "queue/gradcam/<int:photo>/", endpoints.gradcam_image, name="review_queue_gradcam"
        )
        pages = [
            path("queue/", page, name="review_queue"),
            path("grid/", self.admin_site.admin_view(self.grid), name="review_grid"),
            path("quality/", self.admin_site.admin_view(self.quality), name="review_quality"),
            path("export/", self.admin_site.admin_view(self.export), name="review_export"),
        ]
        return [*pages, gradcam, *endpoint_paths, *super().get_urls()]

    def queue(self, request: HttpRequest) -> HttpResponse:
        """The page where moderators settle photos."""
        if not endpoints.may_review(request.user):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review queue"),
            "is_nav_sidebar_enabled": False,
            "is_fullwidth": "1",
            "groups": shortcuts.GROUPS,
            "others": shortcuts.OTHERS,
            "offers": shortcuts.OFFERS,
            "actions": shortcuts.ACTIONS,
            "because": shortcuts.reasons(),
            "guidelines": guideline_cards(),
            "longest_note": Review.LONGEST_NOTE,
            "page": {
                "moderator": request.user.pk,
                "chosen": row_number(request.GET.get("photo", "")),
                "recent": latest_verdicts(moderator=request.user),  # type: ignore[arg-type]
                "counters": counters(moderator=request.user).as_dict(),  # type: ignore[arg-type]
                "endpoints": {name: reverse(f"admin:review_queue_{name}") for name in ENDPOINTS},
                "photo": reverse("api:photo-image", args=[0]),
                "photo_page": reverse("admin:classifier_listingphoto_change", args=[0]),
                "thumbnail": reverse("api:photo-thumbnail", args=[0]),
                "gradcam": reverse("admin:review_queue_gradcam", args=[0]),
                "login": f"{reverse('admin:login')}?next={request.path}",
            },
        }
        return TemplateResponse(request, "admin/classifier/review/queue.html", context)

    def grid(self, request: HttpRequest) -> HttpResponse:
        """The wall where many photos are settled at once."""
        return grid_page.page(request, self.admin_site)

    def quality(self, request: HttpRequest) -> HttpResponse:
        """How far moderators agree."""
        if not request.user.has_perm("classifier.view_quality"):
            raise PermissionDenied
        settled = [(each.name, each.settled) for each in moderators.moderators() if each.settled]
        context = {
            **self.admin_site.each_context(request),
            "title": _("How we agree"),
            "second_share": f"{settings.REVIEW_SECOND_SHARE:.0%}".replace("%", " %"),
            "thirds": moderators.waiting_for_a_third(),
            "pairs": [_pair_in_words(pair) for pair in moderators.pairs()],
            "moderators": charts.share_rows(settled),
        }
        return TemplateResponse(request, "admin/classifier/review/quality.html", context)

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """All confirmed labels, as ``?format=csv`` or ``?format=jsonl``."""
        if not request.user.has_perm("classifier.export_labels"):
            raise PermissionDenied
        if request.GET.get("format") == "jsonl":
            lines, kind, name = export.as_json_lines(), "application/x-ndjson", "labels.jsonl"
        else:
            lines, kind, name = export.as_csv(), "text/csv; charset=utf-8", "labels.csv"
        by = cast(User, request.user)  # staff
        audit.record("exported labels", by=by, about=name, address=address_of(request))
        response = StreamingHttpResponse(lines, content_type=kind)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _pair_in_words(pair: moderators.Pair) -> dict[str, object]:
    return {
        "one": pair.one,
        "other": pair.other,
        "photos": pair.photos,
        "agreement": charts.in_words(pair.agree) if pair.agree else "–",
        "kappa": "–" if pair.kappa is None else number_format(round(pair.kappa, 2), 2),
    }


admin.site.index_template = "admin/classifier/index.html"
