"""Gives every request its deadline, and asks the database nothing after it."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from slowfashion_ai import deadline

# What ends a transaction must get through.
_ENDS: Final = ("ROLLBACK", "RELEASE", "SAVEPOINT")


class DeadlineMiddleware:
    """Ends what takes longer than `REQUEST_SECONDS`; `server_errors.answer` says so, as 503.

    The answer itself, such as a file that is sent piece by piece, is not counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with deadline.within(settings.REQUEST_SECONDS), connection.execute_wrapper(_in_time):
            return self.get_response(request)


def _in_time(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    if not str(sql).startswith(_ENDS):
        deadline.check()
    return execute(sql, *arguments)
