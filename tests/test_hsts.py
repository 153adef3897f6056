"""How long browsers insist on HTTPS."""

import os
import subprocess
import sys

import pytest

from tests.repository import REPOSITORY

SHOW = """
from slowfashion_ai import settings as s
print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)
"""
A_YEAR = {"HSTS_SECONDS": "31536000", "HSTS_INCLUDE_SUBDOMAINS": "on", "HSTS_PRELOAD": "on"}


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"HTTPS": "on"}, "3600 False False"),
        ({"HTTPS": "on", **A_YEAR}, "31536000 True True"),
        ({"HTTPS": "off", **A_YEAR}, "0 False False"),
    ],
    ids=["begins with an hour", "a year when asked", "none without HTTPS"],
)
def test_hsts_starts_small(environment: dict[str, str], shown: str) -> None:
    """An hour, this host alone, on no list, until somebody says more."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=REPOSITORY, env=os.environ | environment,
        capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stdout.strip() == shown
