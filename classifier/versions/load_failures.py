"""A champion that a worker could not load, kept in the version's row, where people look.

Such a worker goes on with the model before, so nobody would notice. `manage.py check` and the
admin's first page read it.
"""

import logging
import socket
from datetime import timedelta
from typing import Final

from django.utils import timezone

from classifier.models import ModelVersion

logger = logging.getLogger(__name__)

# A worker that still fails would have said so again by then, if there was work at all.
STALE_AFTER: Final = timedelta(minutes=10)


def report(*, version: ModelVersion, error: Exception, at_work: ModelVersion | None) -> None:
    """Log and store that this machine could not load a version."""
    meanwhile = f"{at_work} goes on" if at_work else "there is no other in memory"
    logger.error("Champion %s cannot be loaded; %s. %s", version, meanwhile, error)
    ModelVersion.objects.filter(pk=version.pk).update(
        load_error=f"{_here()} {error}", load_failed_at=timezone.now()
    )


def clear(*, version: ModelVersion) -> None:
    """Take back what this machine said of a version; it is loaded now.

    What another machine said stays, until it has been silent for `STALE_AFTER`.
    """
    if not version.load_error:
        return
    failed = ModelVersion.objects.filter(pk=version.pk)
    for known in (
        failed.filter(load_error__startswith=_here()),
        failed.filter(load_failed_at__lt=timezone.now() - STALE_AFTER),
    ):
        known.update(load_error="", load_failed_at=None)


def _here() -> str:
    return f"On {socket.gethostname()}:"
