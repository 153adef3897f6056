"""Every request has an id, from the proxy to the log: whoever has one finds all of its lines."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Request-ID"
# What comes from outside goes into the log, so nothing else than this does.
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Takes the proxy's id or makes one; answers with it. It must be the outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if _GIVEN.fullmatch(given) else uuid4().hex
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = name
        return response
