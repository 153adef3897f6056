"""What is answered when an error reaches Django: 503 for a lack of database or time, else 500."""

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.defaults import server_error

from slowfashion_ai.database.away import DATABASE_AWAY
from slowfashion_ai.deadline import DeadlineError

RETRY_AFTER_SECONDS: Final = 30
UNREACHABLE: Final = gettext_lazy(
    "The site cannot reach its database just now. Please try again in a minute."
)

TOO_SLOW: Final = gettext_lazy(
    "The site is too busy to finish this just now, and kept nothing of it. Please try again in a "
    "minute."
)


def answer(request: HttpRequest) -> HttpResponse:
    """Answer in place of an error that nobody caught; Django's ``handler500``."""
    error = sys.exc_info()[1]
    if isinstance(error, DeadlineError):
        return _unavailable(request, TOO_SLOW)
    if isinstance(error, DATABASE_AWAY):
        return _unavailable(request, UNREACHABLE)
    return server_error(request)


def _unavailable(request: HttpRequest, why: Promise) -> HttpResponse:
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": why}, status=503)
    else:
        # Without the request, whose user would be asked of the database.
        page = render_to_string("503.html", {"why": why})
        response = HttpResponse(page, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
