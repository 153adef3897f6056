"""A header that tells our own answers from those of a proxy in front of us.

While the site restarts a proxy answers in its place, with any status. A page that waits for an
answer must not take that one for ours: a verdict would be lost, a photo be called missing.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Answered-By"
VALUE: Final = "slowfashion"


class AnsweredByMiddleware:
    """Marks every response; it must be the outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers[HEADER] = VALUE
        return response
