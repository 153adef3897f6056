"""Pages of a table that may have millions of rows: counted and turned over up to a bound."""

from functools import cached_property
from typing import Final

from django.core.paginator import Paginator

from classifier.models.queries.row_counts import count_up_to


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Ends after `MOST` rows: to count more, or to skip that many, reads all of them.

    Whoever looks for an older row filters or searches.
    """

    MOST: Final = 2_000
    template_name = "admin/classifier/pagination.html"

    @cached_property
    def count(self) -> int:
        """How many rows can be turned over."""
        return count_up_to(self.object_list, self.MOST)  # type: ignore[arg-type]  # a change list's

    @property
    def is_cut(self) -> bool:
        """Whether there may be more."""
        return self.count == self.MOST
