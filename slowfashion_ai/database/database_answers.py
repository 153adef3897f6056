"""Does the database answer? With an answer in time, though a frozen one hangs."""

from typing import Final

from django.db import connection

from slowfashion_ai.timed_check import TimedCheck

ANSWER_SECONDS: Final = 3.0


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_once() -> None:
    try:
        _ask()
    finally:
        connection.close()


_in_time: Final = TimedCheck(_ask_once, seconds=ANSWER_SECONDS)


def database_answers() -> None:
    """Return if the database answers.

    Raises:
        DatabaseError: if it refuses.
        TimeoutError: if it does not answer in time.
    """
    if connection.vendor == "postgresql":
        _in_time()
    else:
        _ask()  # a file does not hang
