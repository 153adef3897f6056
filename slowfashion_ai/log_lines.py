"""One line a message: short text for a terminal, JSON for whoever collects logs."""

import logging
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

from slowfashion_ai.middleware.request_id import request_id

FORMATS: Final = ("text", "json")


class ContextFilter(logging.Filter):
    """Adds the request's id, and takes tracebacks off what is no error.

    Django logs the exception of every 403 and 404; the line says all there is to know.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = getattr(record, "request_id", "") or request_id.get()
        if record.levelno < logging.ERROR and record.name == "django.request":
            record.exc_info = None
        return True


class TextFormatter(logging.Formatter):
    """`12:30:05 INFO worker.tag: message [request]`, in the machine's own time."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        request = getattr(record, "request", "")
        return f"{text} [{request}]" if request else text


class OneLineJson(JsonFormatter):
    """All of a message in one line, its traceback included; times are UTC."""

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}{request}", style="{", timestamp="at",
            json_ensure_ascii=False,
            rename_fields={"levelname": "level", "name": "logger"},
        )  # fmt: skip


def logging_settings(*, form: str, level: str) -> dict[str, Any]:
    """Return Django's ``LOGGING``.

    Args:
        form: one of `FORMATS`.
        level: the least level that is written.
    """
    text = {
        "()": "slowfashion_ai.log_lines.TextFormatter",
        "format": "{asctime} {levelname} {name}: {message}", "style": "{",
        "datefmt": "%H:%M:%S",
    }  # fmt: skip
    json = {"()": "slowfashion_ai.log_lines.OneLineJson"}
    # Otherwise each sweep, every few seconds, writes several lines.
    quiet = ("celery.worker.strategy", "celery.app.trace", "celery.beat")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "slowfashion_ai.log_lines.ContextFilter"}},
        "formatters": {"line": json if form == "json" else text},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler", "formatter": "line", "filters": ["context"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handler would write each of its lines a second time.
            "django": {"handlers": [], "propagate": True},
            **{name: {"level": "WARNING"} for name in quiet},
        },
    }  # fmt: skip
