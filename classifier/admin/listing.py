"""The listings with their photos."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from classifier import wording
from classifier.admin import pictures
from classifier.admin.date_filter import WholeDaysFilter
from classifier.admin.paginator import TablePaginator
from classifier.admin.read_only import CascadingDelete
from classifier.admin.review.chosen import ReviewColumn, with_column
from classifier.admin.search import BoundedSearch
from classifier.models import Listing, ListingPhoto
from classifier.models.queries.deletion import delete_listings


class PhotoInline(ReviewColumn, TabularInline):
    """The photos of one listing, to look at."""

    model = ListingPhoto
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ("small", "tag", "main_share", "sub_share", "status", "model_version")
    readonly_fields = (*fields, "review_it")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return with_column(request, self.fields)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListingPhoto]:
        photos: QuerySet[ListingPhoto] = super().get_queryset(request)
        return photos.select_related("model_version")

    @display(description=gettext_lazy("Photo"))
    def small(self, photo: ListingPhoto) -> str:
        return pictures.thumbnail(photo, 96)

    @display(description=gettext_lazy("Tag"))
    def tag(self, photo: ListingPhoto) -> str:
        return wording.in_words(photo.label) or "–"

    @display(description=gettext_lazy("Main class"))
    def main_share(self, photo: ListingPhoto) -> str:
        return pictures.confidence(photo.main_confidence)

    @display(description=gettext_lazy("Subclass"))
    def sub_share(self, photo: ListingPhoto) -> str:
        return pictures.confidence(photo.sub_confidence)


@admin.register(Listing)
class ListingAdmin(BoundedSearch, CascadingDelete):
    """Listings come in through the seller's page and the API, never through here."""

    list_display = ("__str__", "seller", "photo_total", "created_at")
    list_filter = (("created_at", WholeDaysFilter),)
    list_filter_submit = True
    list_select_related = ("seller",)
    paginator = TablePaginator
    show_full_result_count = False
    search_fields = ("title", "seller__username")
    when_empty = gettext_lazy("Listings come here as sellers send them.")
    listing_field = "pk"
    readonly_fields = ("seller", "created_at")
    fields = ("title", "seller", "created_at")
    inlines = (PhotoInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        listings: QuerySet[Listing] = super().get_queryset(request)
        own = ListingPhoto.objects.filter(listing=OuterRef("pk")).order_by().values("listing")
        # Counted for the rows of one page, not for the whole table.
        return listings.annotate(photo_count=Subquery(own.annotate(n=Count("pk")).values("n")))

    def delete_model(self, request: HttpRequest, obj: Listing) -> None:
        delete_listings(Listing.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Listing]) -> None:
        delete_listings(Listing.objects.filter(pk__in=queryset.values("pk")))

    @display(description=gettext_lazy("Photos"))
    def photo_total(self, listing: Any) -> int:
        return listing.photo_count or 0
