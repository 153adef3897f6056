"""The photo table in the order of a confidence."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

CONFIDENCES: Final = ("main_confidence", "sub_confidence")


class TaggedInOrder(ChangeList):
    """Sorted by a confidence, photos without one are left out.

    PostgreSQL would show all of them before the surest tag. And the indexes have none of them.
    """

    def get_queryset(self, request: HttpRequest, *arguments: Any) -> QuerySet[Any]:
        photos: QuerySet[Any] = super().get_queryset(request, *arguments)
        field = str(photos.query.order_by[0]).lstrip("-")
        return photos.filter(**{f"{field}__isnull": False}) if field in CONFIDENCES else photos
