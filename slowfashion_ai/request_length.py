"""Requests without a length are answered 411, since Django would read their bodies as empty.

WSGI gives a body's end by its length alone (PEP 3333), so a chunked body would look like a form
without fields, and its sender would be told of missing photos.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse

SENTENCE: Final = (
    "Chunked requests are not taken: their length is not known before their end. Send the request "
    "with a Content-Length header."
)


class RequestLengthMiddleware:
    """Refuses a body of unknown length before anything reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" not in request.META:
            return self.get_response(request)
        if request.path.startswith("/api/") or request.content_type == "application/json":
            # The API's errors have a detail, those of the moderators' pages a message.
            return JsonResponse({"detail": SENTENCE, "message": SENTENCE}, status=411)
        return HttpResponse(SENTENCE, status=411, content_type="text/plain; charset=utf-8")
