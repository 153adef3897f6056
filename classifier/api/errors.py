"""Refused uploads and an unreachable storage as JSON; the rest is REST framework's."""

import logging
from typing import Any

from django.core.exceptions import TooManyFilesSent
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from classifier import wording
from classifier.photos.receiving.intake import IntakeError
from classifier.photos.receiving.listings import ListingChangeError
from classifier.photos.storage import RETRY_AFTER_SECONDS, StorageUnavailableError

logger = logging.getLogger(__name__)


class ServiceUnavailable(APIException):  # named as REST framework's own are
    """503; REST framework makes a ``Retry-After`` header of ``wait``, in seconds."""

    status_code = 503
    default_detail = wording.STORAGE_UNAVAILABLE
    wait = RETRY_AFTER_SECONDS


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an error; None leaves it to Django, which answers 500."""
    match error:
        case IntakeError():
            error = ValidationError({"photos": error.problems})
        case ListingChangeError():
            error = ValidationError({"detail": str(error)})
        case TooManyFilesSent():
            error = ParseError("The form has more files than a listing can take.")
        case StorageUnavailableError():
            logger.error("A request needs the photo storage: %s", error, exc_info=error)
            error = ServiceUnavailable()
    return exception_handler(error, context)
