"""The log: one line a message, each once, with the request's id and without secrets."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from slowfashion_ai.log_lines import ContextFilter, OneLineJson
from slowfashion_ai.middleware.request_id import request_id
from tests.repository import REPOSITORY

WARN = """
import logging, django
django.setup()
logging.getLogger("django.request").warning("Forbidden: %s", "/x", exc_info=ValueError("no"))
try:
    raise ValueError("two\\nlines")
except ValueError:
    logging.getLogger("classifier.web").exception("It broke.")
"""


def lines_of(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", WARN], cwd=REPOSITORY, capture_output=True, text=True, check=True,
        env={
            "PATH": os.environ["PATH"], "DEBUG": "on",
            "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", **environment,
        },
    )  # fmt: skip
    return done.stderr.splitlines()


def test_a_terminal_gets_each_message_once() -> None:
    """With DEBUG on too; a 403 has no traceback, an error has."""
    lines = lines_of()
    assert [line[9:] for line in lines if "Forbidden" in line] == [
        "WARNING django.request: Forbidden: /x"
    ]
    assert sum("It broke." in line for line in lines) == 1
    assert sum("Traceback" in line for line in lines) == 1


def test_json_is_one_object_a_line() -> None:
    """The traceback of an error is in its object."""
    forbidden, broke = (json.loads(line) for line in lines_of(LOG_FORMAT="json"))
    assert (forbidden["level"], forbidden["logger"]) == ("WARNING", "django.request")
    assert forbidden["message"] == "Forbidden: /x"
    assert "exc_info" not in forbidden
    assert broke["exc_info"].endswith("ValueError: two\nlines")
    assert {"at", "request"} <= set(broke)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "taken"), [("0123456789abcdef", True), ("short", False), ("a b\nc d e f g", False)]
)
def test_a_request_keeps_the_proxy_s_id(client: Client, given: str, taken: bool) -> None:
    """What could forge a line of the log is replaced by an id of our own."""
    answer = client.get("/livez", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is taken
    assert len(answer["X-Request-ID"]) >= 16


def test_a_line_bears_the_id_of_its_request() -> None:
    """In a request; outside of one there is none."""
    record = logging.LogRecord("x", logging.INFO, "", 0, "Received photo 7.", None, None)
    token = request_id.set("0123456789abcdef")
    ContextFilter().filter(record)
    request_id.reset(token)
    assert json.loads(OneLineJson().format(record))["request"] == "0123456789abcdef"


@pytest.mark.django_db
def test_what_somebody_signs_in_with_is_not_logged(
    client: Client, seller: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong passwords, nor tokens."""
    caplog.set_level(logging.DEBUG)
    user = User.objects.get(username="seller")
    for password in ("one that no list has", "a wrong secret"):
        client.post("/login/", {"username": user.username, "password": password})
        answer = client.post("/api/v1/token/", {"username": "seller", "password": password})
        if token := answer.json().get("token"):
            client.get("/api/v1/listings/", headers={"Authorization": f"Token {token}"})
            assert token not in caplog.text
        assert password not in caplog.text
