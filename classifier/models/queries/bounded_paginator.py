"""Pages of rows of which there may be millions: counted and turned over up to a bound."""

from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from classifier.models.queries.row_counts import count_up_to
from classifier.models.queries.rows_of_page import rows_of_page


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Ends after so many rows: to count more, or to skip that many, reads all of them.

    Whoever looks for an older row filters or searches.
    """

    MOST: ClassVar[int] = 2_000

    @property
    def most(self) -> int:
        """How many rows are turned over at most."""
        return self.MOST

    @cached_property
    def count(self) -> int:
        """How many rows can be turned over."""
        return count_up_to(self.object_list, self.most)  # type: ignore[arg-type]  # a query

    @property
    def is_cut(self) -> bool:
        """Whether there may be more."""
        return self.count == self.most

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]  # no generic at run time
        """Return a page; what is shown beside its rows is not looked for for others."""
        page = super().page(number)
        first = (page.number - 1) * self.per_page
        page.object_list = self.rows_of_page(first, page.end_index())
        return page

    def rows_of_page(self, first: int, last: int) -> QuerySet[Any]:
        """Return the rows from ``first`` to before ``last``."""
        rows: Any = self.object_list
        return rows_of_page(rows, first, last)
