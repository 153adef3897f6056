"""A lease in the database: what one process at a time may do."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from classifier.models import Lease
from classifier.models.queries.leases import is_over


def take(name: str, owner: UUID, *, lasts: timedelta) -> bool:
    """Take a lease that is free or ours, or renew it; return whether it is ours now."""
    now = timezone.now()
    free = Q(owner=owner) | Q(owner__isnull=True) | is_over("until", lasts=lasts, now=now)
    if Lease.objects.filter(free, name=name).update(owner=owner, until=now + lasts):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, owner=owner, until=now + lasts)
    except IntegrityError:  # another one was quicker
        return False
    return True


def let_go(name: str, owner: UUID) -> None:
    """Let the next one take it at once."""
    Lease.objects.filter(name=name, owner=owner).update(owner=None)
