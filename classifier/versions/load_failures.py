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

# Workers are asked to try again at each sweep, so one that still fails says so again by then.
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
    if version.load_error:
        failed = ModelVersion.objects.filter(pk=version.pk, load_error__startswith=_here())
        failed.update(load_error="", load_failed_at=None)


def clear_stale() -> None:
    """Take back what no machine has said again for `STALE_AFTER`; the sweep calls it.

    A machine may be gone for good, or be back under another name.
    """
    ModelVersion.objects.filter(load_failed_at__lt=timezone.now() - STALE_AFTER).update(
        load_error="", load_failed_at=None
    )


def reported() -> bool:
    """Return whether some machine could not load the champion, as far as is known."""
    return ModelVersion.objects.champions().exclude(load_error="").exists()


def _here() -> str:
    return f"On {socket.gethostname()}:"
