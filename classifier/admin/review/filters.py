"""Filters of the photo table by review."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from classifier.models import ListingPhoto, Review


class ReviewedByFilter(SimpleListFilter):
    """Photos that nobody, somebody or one moderator has settled."""

    title = "reviewed by"
    parameter_name = "reviewed_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # Through the index by moderator: one probe each, not a pass over all reviews.
        reviewed = Exists(Review.objects.filter(moderator=OuterRef("pk")))
        names = User.objects.filter(reviewed, is_staff=True).order_by("username")[:50]
        people = [(str(user.pk), user.get_username()) for user in names]
        return [("nobody", "nobody"), ("anybody", "anybody"), *people]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ListingPhoto]
    ) -> QuerySet[ListingPhoto]:
        final = Review.objects.final().filter(photo=OuterRef("pk"))
        match self.value():
            case None:
                return queryset
            case "nobody":
                return queryset.filter(~Exists(final))
            case str(number) if number.isdecimal():
                return queryset.filter(Exists(final.filter(moderator=int(number))))
        return queryset.filter(Exists(final))
