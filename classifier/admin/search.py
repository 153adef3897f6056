"""Searches of the admin that read a bounded number of rows, however long the history is."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import gettext_lazy

from classifier.admin.paginator import SearchPaginator, TablePaginator
from classifier.models import Listing
from classifier.models.queries.row_numbers import row_number

# Of a table: so many of the newest rows are searched for what their names contain. And so many
# listings for the rows of another table, about as many as 10,000 photos belong to.
NEWEST: Final = 10_000
NEWEST_LISTINGS: Final = 2_500
# Whose name begins with what is looked for: so many people, and the newest listings of them all.
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
    search_fields: Sequence[str]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that are found, and that none of them comes twice."""
        if not search_term.strip():
            return queryset, False
        number = row_number(search_term.strip())
        most = SearchPaginator.MOST
        named = self._with_words(newest(queryset, NEWEST), search_term).order_by("-pk")
        numbers = [*named.values_list("pk", flat=True)[:most]]
        if listings := listings_of(search_term):
            # At most some thousand, and not sorted by the database: asked for the newest of them,
            # PostgreSQL may walk back from the newest row of all, and they may lie millions back.
            theirs = queryset.filter(**{f"{self.listing_field}__in": listings}).order_by()
            numbers += theirs.values_list("pk", flat=True)
        exact = [] if number is None else [number]
        # The number first, which is one row at most; of the others, the newest.
        chosen = dict.fromkeys([*exact, *sorted(numbers, reverse=True)])
        return queryset.filter(pk__in=list(chosen)[:most]), False

    def get_paginator(self, request: HttpRequest, *arguments: Any, **more: Any) -> TablePaginator:
        """Return the pages of the table, which end sooner where something is searched for."""
        if request.GET.get(SEARCH_VAR, "").strip():
            return SearchPaginator(*arguments, **more)
        return TablePaginator(*arguments, **more)

    def _with_words(self, rows: QuerySet[Any], search_term: str) -> QuerySet[Any]:
        """Return the rows that have each word in one of the fields.

        Listings are looked through once for each word, and not joined to every row: in a long table
        PostgreSQL would read all listings for that, or look for them one by one.
        """
        of_listing = f"{self.listing_field}__"
        own = [field for field in self.search_fields if not field.startswith(of_listing)]
        theirs = [
            field.removeprefix(of_listing) for field in self.search_fields if field not in own
        ]
        listings = Listing.objects.order_by()
        if theirs:
            listings = newest(listings, NEWEST_LISTINGS)
        for word in _words(search_term):
            contains = _any_contains(own, word)
            if theirs:
                matching = listings.filter(_any_contains(theirs, word))
                contains |= Q(**{f"{of_listing}in": matching.values("pk")})
            rows = rows.filter(contains)
        return rows


def _words(text: str) -> list[str]:
    """Return the words of a search; what stands in quotation marks is one."""
    return [
        unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
        for word in smart_split(text)
    ]


def _any_contains(fields: Sequence[str], word: str) -> Q:
    matches = Q()
    for field in fields:
        matches |= Q(**{f"{field}__icontains": word})
    return matches


def newest(rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """Return those of a query's rows that are among the newest ``most`` of their table."""
    model: type[Model] = rows.model
    last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    return rows.filter(pk__gt=last - most)


def listings_of(beginning: str) -> list[int]:
    """Return the numbers of the newest listings of the seller of this name.

    Where nobody has it, of sellers whose names begin so.
    """
    spellings = sorted({beginning.strip(), beginning.strip().lower()})
    users = User.objects.order_by("username").values_list("pk", flat=True)
    sellers = list(users.filter(username__in=spellings)) or [
        seller
        for spelling in spellings
        # From the first name that can begin so; PostgreSQL would begin with the first of all.
        for seller in users.filter(username__gte=spelling, username__startswith=spelling)[:PEOPLE]
    ]
    present = Listing.objects.filter(deleted_at__isnull=True).order_by("-pk")
    # Seller by seller, from the index: of all at once PostgreSQL might sort every listing.
    each = [
        present.filter(seller=seller).values_list("pk", flat=True)[:LISTINGS]
        for seller in sellers[:PEOPLE]
    ]
    if len(each) > 1 and connection.features.supports_slicing_ordering_in_compound:
        each = [each[0].union(*each[1:], all=True)]
    return sorted((number for numbers in each for number in numbers), reverse=True)[:LISTINGS]
