"""The queue page's counters, at a cost that does not grow with the queue."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.contrib.auth.models import User
from django.utils import timezone

from classifier.models import Review
from classifier.review.queue.claims import skipped_by, waiting_for

# Beyond this the exact number helps nobody in front of the queue; the dashboard has it.
LEFT_COUNTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Counters:
    """``left``: what waits that this moderator may still see, `LEFT_COUNTED` + 1 if more.

    ``last``: the verdict that undo takes back.
    """

    left: int
    today: int
    skipped: int
    last: int | None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "many": self.left > LEFT_COUNTED}


def counters(*, moderator: User) -> Counters:
    """Return the counters of one moderator."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Review.objects.verdicts().filter(moderator=moderator, at__gte=midnight)
    last = mine.filter(source__in=Review.FROM_THE_QUEUE).order_by("-at", "-pk").first()
    return Counters(
        left=waiting_for(moderator).order_by()[: LEFT_COUNTED + 1].count(),
        today=mine.order_by().count(),
        skipped=skipped_by(moderator).order_by()[: LEFT_COUNTED + 1].count(),
        last=last.pk if last else None,
    )
