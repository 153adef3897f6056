"""A date range filter that includes both days."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import RangeDateFilter


class WholeDaysFilter(RangeDateFilter):
    """Unfold's own compares a moment with the midnight that a day begins with, without a zone:
    the last day would be left out.
    """

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:  # type: ignore[type-arg]  # of any model
        first, last = self._midnight("_from"), self._midnight("_to")
        if first is not None:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": first})
        if last is not None:
            after = last + timedelta(days=1)
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": after})
        return queryset

    def _midnight(self, end: str) -> datetime | None:
        """Return the midnight at which the day in the query string begins; None if it has none."""
        try:
            day = parse_date(str(self.used_parameters.get(f"{self.parameter_name}{end}", "")))
        except ValueError:  # such as 31 February
            return None
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None
