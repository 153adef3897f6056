"""Photos with their tags, and an action that tries failed ones again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import RangeNumericFilter
from unfold.decorators import action, display

from classifier import sentences, wording
from classifier.admin import pictures
from classifier.admin.date_filter import WholeDaysFilter
from classifier.admin.guidance import GuidanceActions
from classifier.admin.paginator import TablePaginator
from classifier.admin.read_only import CascadingDelete
from classifier.admin.review.bulk_confirm import BulkConfirm
from classifier.admin.review.chosen import ReviewThisPhoto
from classifier.admin.review.filters import ReviewedByFilter
from classifier.admin.review.photo_reviews import REVIEW_FIELDS, PhotoReviews
from classifier.admin.search import BoundedSearch
from classifier.admin.tagged_order import TaggedInOrder
from classifier.models import ListingPhoto
from classifier.models.queries.deletion import delete_photos
from classifier.tagging import queue

# What became of a photo: its outcome, or its status while it has none.
COLOURS = {
    "subclass": "success",
    "main_class": "warning",
    "unknown": "danger",
    "pending": "info",
    "failed": "danger",
}


@admin.register(ListingPhoto)
class ListingPhotoAdmin(
    BoundedSearch, ReviewThisPhoto, BulkConfirm, GuidanceActions, PhotoReviews, CascadingDelete
):
    """Read-only photos: a tag can be confirmed or reviewed from here, not edited."""

    list_display = (
        "small",
        "tag",
        "main_share",
        "sub_share",
        "shown_outcome",
        "settled",
        "listing_title",
        "model_version",
        "created_at",
    )
    list_display_links = ("tag",)
    when_empty = gettext_lazy("Photos come here as sellers send them.")
    list_filter = (
        "status",
        "outcome",
        "main",
        "sub",
        "reason",
        ("main_confidence", RangeNumericFilter),
        ("sub_confidence", RangeNumericFilter),
        "model_version",
        ReviewedByFilter,
        ("created_at", WholeDaysFilter),
    )
    list_filter_submit = True
    list_select_related = ("listing", "model_version")
    list_per_page = 50
    paginator = TablePaginator
    change_form_outer_after_template = "admin/classifier/models/lineage.html"
    show_full_result_count = False
    search_fields = ("listing__title", "listing__seller__username", "original_name")
    ordering = ("-id",)
    actions = ("confirm_prediction", "try_again", "use_as_examples", "use_as_golden")
    readonly_fields = (
        "large",
        "seller",
        "size",
        "tag",
        "in_words",
        "main_share",
        "sub_share",
        "all_scores",
        "failure",
        "file_hash",
        *REVIEW_FIELDS,
    )
    fieldsets = (
        (None, {"fields": ("large", "listing", "seller", "original_name", "size", "created_at")}),
        (
            gettext_lazy("What the model said"),
            {
                "fields": (
                    "status",
                    "tag",
                    "outcome",
                    "reason",
                    "in_words",
                    "main_share",
                    "sub_share",
                    "all_scores",
                    "model_version",
                    "classified_at",
                )
            },
        ),
        (gettext_lazy("What people said"), {"fields": REVIEW_FIELDS}),
        (
            gettext_lazy("The work on it"),
            {"fields": ("attempts", "failure", "claimed_until", "file_hash")},
        ),
    )

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[TaggedInOrder]:
        return TaggedInOrder

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ListingPhoto) -> None:
        delete_photos(ListingPhoto.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ListingPhoto]) -> None:
        delete_photos(ListingPhoto.objects.filter(pk__in=queryset.values("pk")))

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.change_listingphoto")

    @action(description=gettext_lazy("Try again (failed photos)"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[ListingPhoto]) -> None:
        count = queue.try_again(queryset)
        if count:
            words = ngettext(
                "%d photo will be tried again.", "%d photos will be tried again.", count
            )
            messages.success(request, words % count)
        else:
            messages.warning(request, _("None of these photos had failed, so nothing was done."))

    @display(description=gettext_lazy("Photo"))
    def small(self, photo: ListingPhoto) -> str:
        return pictures.thumbnail(photo, 56)

    @display(description=gettext_lazy("Photo"))
    def large(self, photo: ListingPhoto) -> str:
        return pictures.thumbnail(photo, 320, in_a_row=False)

    @display(description=gettext_lazy("Tag"), ordering="sub")
    def tag(self, photo: ListingPhoto) -> str:
        return wording.in_words(photo.label) or "–"

    @display(description=gettext_lazy("Main class"), ordering="main_confidence")
    def main_share(self, photo: ListingPhoto) -> str:
        return pictures.confidence(photo.main_confidence)

    @display(description=gettext_lazy("Subclass"), ordering="sub_confidence")
    def sub_share(self, photo: ListingPhoto) -> str:
        return pictures.confidence(photo.sub_confidence)

    @display(description=gettext_lazy("Outcome"), label=COLOURS, ordering="outcome")
    def shown_outcome(self, photo: ListingPhoto) -> tuple[str, str]:
        if photo.outcome is None:
            return photo.status, photo.get_status_display()
        return photo.outcome, photo.get_outcome_display() or ""

    @display(description=gettext_lazy("Listing"), ordering="listing")
    def listing_title(self, photo: ListingPhoto) -> str:
        return str(photo.listing)

    @display(description=gettext_lazy("Seller"))
    def seller(self, photo: ListingPhoto) -> str:
        return photo.listing.seller.get_username()

    @display(description=gettext_lazy("Size"))
    def size(self, photo: ListingPhoto) -> str:
        words = _("%(width)d × %(height)d pixels")
        return words % {"width": photo.width, "height": photo.height}

    @display(description=gettext_lazy("SHA-256 of the stored file"))
    def file_hash(self, photo: ListingPhoto) -> str:
        return format_html('<span class="m-hash">{}</span>', photo.sha256)

    @display(description=gettext_lazy("Error"))
    def failure(self, photo: ListingPhoto) -> str:
        return sentences.failure(photo.error) or "–"

    @display(description=gettext_lazy("In words"))
    def in_words(self, photo: ListingPhoto) -> str:
        words = wording.explain(outcome=photo.outcome, reason=photo.reason, main=photo.main)
        return words or "–"

    @display(description=gettext_lazy("Scores"))
    def all_scores(self, photo: ListingPhoto) -> str:
        if photo.scores is None:
            return "–"
        shares = {**photo.scores["main"], **photo.scores["sub"]}
        texts = [f"{_(label)} {wording.percent(share)}" for label, share in shares.items()]
        novelty = _("novelty %(share)s") % {"share": wording.percent(photo.scores["novelty"])}
        return " · ".join([*texts, novelty])
