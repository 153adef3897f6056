"""When the next automatic retraining comes, or why it does not come yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classifier.models import DatasetReview, ModelVersion, RetrainRun, Review

WITH_LABEL: Final = (Review.Verdict.SUBCLASS, Review.Verdict.MAIN_CLASS, Review.Verdict.NOT_OURS)


@dataclass(frozen=True, slots=True)
class NextRun:
    """When the next automatic retraining starts, or why it does not yet.

    Attributes:
        next_at: when the scheduler starts it if nothing changes; None if that cannot be said.
        why_not_yet: a sentence; empty when it is due.
        new_reviews: reviews that the champion has not learned from; a rejected candidate uses
            none of them up.
        since_last: how many of these came after the last candidate was made.
        needed: as many must have come since then.
    """

    next_at: datetime | None
    why_not_yet: str
    new_reviews: int
    since_last: int
    needed: int

    @property
    def is_off(self) -> bool:
        """Whether only people start retrainings."""
        return not settings.RETRAIN_EVERY_HOURS


def new_reviews() -> int:
    """Return how many final reviews with a label the champion has not learned from."""
    return unlearned_reviews().count()


def unlearned_reviews() -> QuerySet[Review]:
    """Return the final reviews with a label that the champion has not learned from."""
    return _not_learned_by(Q(state=ModelVersion.State.CHAMPION))


def _not_learned_by(versions: Q) -> QuerySet[Review]:
    numbers = list(ModelVersion.objects.filter(versions).values_list("pk", flat=True))
    # Not NOT IN: beyond the memory of a hash PostgreSQL compares every review with every one that
    # was learned from.
    learned = DatasetReview.objects.filter(version__in=numbers, review=OuterRef("pk"))
    # Without its photo nothing can be learned from a review any more.
    with_label = Review.objects.final().of_present_photos().filter(verdict__in=WITH_LABEL)
    return with_label.filter(~Exists(learned))


def next_run(now: datetime | None = None) -> NextRun:
    """Return when the next automatic retraining comes, or why not yet.

    It takes reviews that came after the last candidate, for the same reviews would make the same
    candidate again. The next one learns from all reviews, those of a rejected candidate too.
    """
    now = now or timezone.now()
    last = RetrainRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    champion = Q(state=ModelVersion.State.CHAMPION)
    count = new_reviews()
    # Not of the last run: one that was called off, failed or found nothing new made none.
    made = RetrainRun.objects.exclude(candidate=None).order_by("-finished_at").first()
    since_last = count
    if made is not None:
        since_last = _not_learned_by(champion | Q(pk=made.candidate_id)).count()
    needed = settings.RETRAIN_MIN_NEW
    if why := _what_is_in_the_way():
        return NextRun(None, why, count, since_last, needed)
    every = timedelta(hours=settings.RETRAIN_EVERY_HOURS)
    earliest = last.finished_at + every if last and last.finished_at else now
    too_soon = (
        _("The last one ended on %(time)s, and %(hours)s lie between two.")
        % {"time": _clock(earliest - every), "hours": _hours(every)}
        if earliest > now
        else ""
    )
    if since_last < needed:
        few = _too_few(count, since_last, needed)
        return NextRun(None, f"{few} {too_soon}".strip(), count, since_last, needed)
    return NextRun(next_full_hour(max(now, earliest)), too_soon, count, since_last, needed)


def _too_few(count: int, since_last: int, needed: int) -> str:
    if since_last == count:
        words = _("%(count)d of %(needed)d new reviews are there.")
        return words % {"count": count, "needed": needed}
    return _(
        "%(count)d reviews are new to the champion. The last candidate was made from %(used)d of "
        "them; %(since)d of the %(needed)d that it takes came since."
    ) % {"count": count, "used": count - since_last, "since": since_last, "needed": needed}


def _what_is_in_the_way() -> str:
    if not settings.RETRAIN_EVERY_HOURS:
        return _("Automatic retraining is switched off: RETRAIN_EVERY_HOURS is 0.")
    unfinished = RetrainRun.objects.filter(finished_at=None).first()
    if unfinished is not None:
        return _("%(run)s is not done yet.") % {"run": unfinished}
    if not ModelVersion.objects.champions().exists():
        return _("There is no champion that it could start from.")
    return ""


def next_full_hour(moment: datetime) -> datetime:
    """Return the first full hour from ``moment`` on: the scheduler looks then."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _hours(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return ngettext("%d hour", "%d hours", hours) % hours
