"""Pages of a table that may have millions of rows: counted and turned over up to a bound."""

from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator

from classifier.models.queries.row_counts import count_up_to
from classifier.models.queries.rows_of_page import rows_of_page


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Ends after `MOST` rows: to count more, or to skip that many, reads all of them.

    Whoever looks for an older row filters or searches.
    """

    MOST: Final = 2_000
    template_name = "admin/classifier/pagination.html"

    def __init__(self, *arguments: Any, most: int | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.most = self.MOST if most is None else most

    @cached_property
    def count(self) -> int:
        """How many rows can be turned over."""
        return count_up_to(self.object_list, self.most)  # type: ignore[arg-type]  # a change list's

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]  # no generic at run time
        """Return a page; what is shown beside its rows is not looked for for others."""
        page = super().page(number)
        rows: Any = self.object_list
        page.object_list = rows_of_page(rows, page.start_index() - 1, page.end_index())
        return page

    @property
    def is_cut(self) -> bool:
        """Whether there may be more."""
        return self.count == self.most
