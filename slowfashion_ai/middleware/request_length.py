"""Bodies that are too long, or of unknown length, are refused before anything reads them.

What Django reads of a form lands on the temporary disk, and CSRF protection reads forms of anybody.
So only who is signed in may send photos; all else is a form of some kilobytes. Bodies without a
length are answered 411: WSGI gives a body's end by its length alone (PEP 3333), so a chunked body
would look like a form without fields, and its sender would be told of missing photos.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

CHUNKED: Final = (
    "Chunked requests are not taken: their length is not known before their end. Send the request "
    "with a Content-Length header."
)
FORM_BYTES: Final = 256 * 1024
# The views that take photos; the API's own authenticates before it reads.
UPLOAD_PAGE: Final = "upload"
UPLOAD_ENDPOINT: Final = "api:listings"
PHOTO_ENDPOINT: Final = "api:listing-photos"
# Around each photo: the boundary, its name and type; and the other fields.
OVERHEAD_BYTES: Final = 4096


class RequestLengthMiddleware:
    """Refuses a body of unknown length, or of more bytes than its view can need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return _refusal(request, 411, CHUNKED)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Look at the length once the view and the user are known, before forms are read."""
        length, most = content_length(request), longest_body(request)
        if length <= most:
            return None
        return _refusal(
            request, 413, f"The request has {length:,} bytes; at most {most:,} are taken here."
        )


def content_length(request: HttpRequest) -> int:
    """Return how many bytes the body has, as its sender says; 0 for what is no number."""
    try:
        return int(str(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def longest_body(request: HttpRequest) -> int:
    """Return the most bytes that a request to this view may have."""
    view = request.resolver_match.view_name if request.resolver_match else ""
    photo_bytes: int = settings.PHOTO_MAX_BYTES
    if view == UPLOAD_ENDPOINT or (view == UPLOAD_PAGE and request.user.is_authenticated):
        photos: int = settings.PHOTOS_PER_LISTING
        return (photos + 1) * (photo_bytes + OVERHEAD_BYTES)
    if view == PHOTO_ENDPOINT:
        # Twice: a photo that is a little too large is refused with a sentence about photos.
        return 2 * photo_bytes + OVERHEAD_BYTES
    return FORM_BYTES


def _refusal(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/") or request.content_type == "application/json":
        # The API's errors have a detail, those of the moderators' pages a message.
        return JsonResponse({"detail": sentence, "message": sentence}, status=status)
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
