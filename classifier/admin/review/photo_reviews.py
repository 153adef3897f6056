"""Columns and fields of a photo's reviews, for users who may see reviews."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from classifier.admin.dates import in_admin
from classifier.admin.read_only import WithoutHistory
from classifier.admin.review.filters import ReviewedByFilter
from classifier.models import ListingPhoto, Review
from classifier.review import history, labels
from classifier.wording import in_words

REVIEW_FIELDS = ("settled", "seller_answer", "history")


class PhotoReviews(WithoutHistory):
    """Adds the columns and fields of `REVIEW_FIELDS`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListingPhoto]:
        photos: QuerySet[ListingPhoto] = super().get_queryset(request)
        final = Review.objects.final().select_related("moderator")
        return photos.prefetch_related(Prefetch("reviews", final))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._seen(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return self._seen(request, super().get_list_filter(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        sets = super().get_fieldsets(request, obj)
        return [each for each in sets if self._seen(request, each[1]["fields"])]

    def _seen(self, request: HttpRequest, names: Any) -> list[Any]:
        if request.user.has_perm("classifier.view_review"):
            return list(names)
        return [name for name in names if name not in (*REVIEW_FIELDS, ReviewedByFilter)]

    @display(description=gettext_lazy("Settled as"))
    def settled(self, photo: ListingPhoto) -> str:
        review = labels.final_review(photo)
        return f"{in_words(review.label)} ({review.moderator})" if review else "–"

    @display(description=gettext_lazy("The seller says"))
    def seller_answer(self, photo: ListingPhoto) -> str:
        return in_words(photo.suggestion.label) if hasattr(photo, "suggestion") else "–"

    @display(description=gettext_lazy("History"))
    def history(self, photo: ListingPhoto) -> str:
        rows = ((in_admin(event.at), event.who, event.what) for event in history.events(photo))
        lines = format_html_join("", "<li><time>{}</time> {} {}</li>", rows)
        return format_html('<ol class="m-reviews">{}</ol>', lines)
