"""Links that open one photo in the queue's screen, for whoever may review."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from classifier.admin.review.endpoints import may_review
from classifier.models import ListingPhoto, Review


def address(photo: int | str) -> str:
    """Return where one photo is reviewed."""
    return f"{reverse('admin:review_queue')}?photo={photo}"


class ReviewColumn:
    """Adds a column with the link to a table of photos, or of rows that have one."""

    @display(description=gettext_lazy("Review"))
    def review_it(self, row: ListingPhoto | Review) -> str:
        photo = row if isinstance(row, ListingPhoto) else row.photo
        if photo is None:
            return "–"
        return format_html(
            '<a class="m-review" href="{}" aria-label="{}">{}</a>',
            address(photo.pk),
            _("Review photo %(number)d") % {"number": photo.pk},
            _("Review"),
        )


def with_column(request: HttpRequest, columns: Any) -> list[Any]:
    """Return the columns, and the one with the link where somebody may review."""
    return [*columns, "review_it"] if may_review(request.user) else list(columns)


class ReviewThisPhoto(ReviewColumn, ModelAdmin):
    """Adds the column to the list of photos, and a button to a photo's own page."""

    actions_detail = ("review_photo",)

    def has_review_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return may_review(request.user)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return with_column(request, super().get_list_display(request))

    @action(
        description=gettext_lazy("Review this photo"), url_path="review", permissions=["review"]
    )
    def review_photo(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(address(object_id))
