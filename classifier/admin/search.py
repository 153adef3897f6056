"""Searches of the admin that read a bounded number of rows, however long the history is."""

from typing import Any, ClassVar, Final

from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from classifier.models import Listing
from classifier.models.queries.row_numbers import row_number

# Of a table: so many of the newest rows are searched for what their names contain.
NEWEST: Final = 10_000
# Whose name begins with what is looked for: so many people, and the newest listings of each.
PEOPLE: Final = 10
LISTINGS: Final = 500
# Shown within the field, so it is short.
SEARCH_HELP: Final = gettext_lazy("Number, seller, name (newest 10,000)")


class BoundedSearch:
    """A mixin of a `ModelAdmin`; ``search_fields`` are searched among the newest rows.

    Words within a text have no index: one over all names would slow every upload and tag. A number
    is found at any age, and what belongs to a seller by how the seller's name begins.
    """

    search_help_text = SEARCH_HELP
    # How a row is told from the listing it belongs to.
    listing_field: ClassVar[str] = "listing"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that are found, and that none of them comes twice."""
        if not search_term.strip():
            return queryset, False
        by_name, twice = super().get_search_results(  # type: ignore[misc]  # of `ModelAdmin`
            request, newest(queryset), search_term
        )
        numbers = set(by_name.order_by().values_list("pk", flat=True))
        wanted = Q(pk__in=numbers) | Q(**{f"{self.listing_field}__in": listings_of(search_term)})
        if (number := row_number(search_term.strip())) is not None:
            wanted |= Q(pk=number)
        return queryset.filter(wanted), twice


def newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of a query's rows that are among the newest `NEWEST` of their table."""
    model: type[Model] = rows.model
    last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    return rows.filter(pk__gt=last - NEWEST)


def listings_of(beginning: str) -> list[int]:
    """Return the numbers of the newest listings of sellers whose names begin so."""
    begins = Q()
    for spelling in {beginning.strip(), beginning.strip().lower()}:
        begins |= Q(username__startswith=spelling)
    sellers = User.objects.filter(begins).order_by("username")[:PEOPLE]
    return [
        number
        for seller in sellers.values_list("pk", flat=True)
        for number in Listing.objects.filter(seller=seller)
        .order_by("-pk").values_list("pk", flat=True)[:LISTINGS]
    ]  # fmt: skip
