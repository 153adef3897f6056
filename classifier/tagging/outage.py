"""Photos that wait for a storage that was down come back as soon as it answers again."""

import logging

from django.utils import timezone

from classifier.models import ListingPhoto
from classifier.photos.storage import StorageUnavailableError, storage_errors
from classifier.tagging.queue import PENDING
from classifier.tagging.results import STORAGE_FAILED

logger = logging.getLogger(__name__)


def release_after_outage() -> int:
    """Let photos that wait for the storage be tried now, if it gives one of them; return how many.

    Their rest grows with each attempt, up to an hour, and the storage may be back much sooner.
    """
    resting = ListingPhoto.objects.filter(
        PENDING, claim=None, claimed_until__gt=timezone.now(), error__startswith=STORAGE_FAILED
    )
    # The newest: the others may be the ones whose own files are at fault.
    photo = resting.order_by("attempts", "-id").first()
    if photo is None or not _is_given(photo):
        return 0
    released = resting.update(claimed_until=None)
    logger.info("The storage answers again; %d photos need not wait any longer.", released)
    return released


def _is_given(photo: ListingPhoto) -> bool:
    try:
        with storage_errors(photo.image.storage), photo.image.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        return True  # it answers; the photo will hear so itself
    except StorageUnavailableError:
        return False
    return True
