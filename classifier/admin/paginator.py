"""Pages of a table of the admin."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet

from classifier.models.queries.bounded_paginator import BoundedPaginator
from classifier.models.queries.rows_of_page import keys_of


class TablePaginator(BoundedPaginator):
    """Pages of a table; below them stands whether there are more rows than can be turned over."""

    template_name = "admin/classifier/pagination.html"


class SearchPaginator(TablePaginator):
    """Pages of what a search has found: its keys, so few, are asked for once."""

    MOST: ClassVar[int] = 500

    @cached_property
    def keys(self) -> list[Any]:
        """The keys of all its rows in order."""
        return keys_of(self.object_list, 0, self.most)

    @cached_property
    def count(self) -> int:
        """How many rows can be turned over."""
        return len(self.keys)

    def rows_of_page(self, first: int, last: int) -> QuerySet[Any]:
        rows: Any = self.object_list
        shown: QuerySet[Any] = rows.filter(pk__in=self.keys[first:last])
        return shown
