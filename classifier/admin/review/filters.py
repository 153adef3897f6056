"""Filters by who reviewed, of photos and of reviews."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classifier.models import ListingPhoto, Review
from classifier.models.queries.distinct_values import distinct_values


def _moderators() -> Q:
    """Return the condition of staff who have reviewed something."""
    # From the reviews' index by moderator: the table of users has every seller.
    return Q(pk__in=distinct_values(Review, "moderator"), is_staff=True)


class ModeratorFilter(RelatedFieldListFilter):
    """Reviews by one moderator, of those who have made some."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to=_moderators()
        )


class ReviewedByFilter(SimpleListFilter):
    """Photos that nobody, somebody or one moderator has settled."""

    title = gettext_lazy("reviewed by")
    parameter_name = "reviewed_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = User.objects.filter(_moderators()).order_by("username")[:50]
        people = [(str(user.pk), user.get_username()) for user in names]
        return [("nobody", _("nobody")), ("anybody", _("anybody")), *people]

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
