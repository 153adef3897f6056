"""Refused uploads as JSON answers; everything else is left to Django REST framework."""

from typing import Any

from django.core.exceptions import TooManyFilesSent
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from classifier.photos.intake import IntakeError


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return a 400 for what a client did wrong; None where it is an error of ours."""
    match error:
        case IntakeError():
            error = ValidationError({"photos": error.problems})
        case TooManyFilesSent():
            error = ParseError("The form has more files than a listing can take.")
    return exception_handler(error, context)
