"""A worker that cannot import what runs the model ends, and its supervisor starts another."""

import subprocess
import sys

from classifier.worker.watchdog import EXIT_HANGS
from tests.compose_file import REPOSITORY

# Called as Celery calls it; torch fails as where the temporary disk is full.
START = """
import sys
from types import SimpleNamespace
import django
django.setup()
from classifier.tasks import get_ready
sys.modules["torch"] = None
queues = SimpleNamespace(consume_from={"classification": None})
get_ready(sender=SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))
"""


def test_a_worker_without_its_packages_ends() -> None:
    """It would live on, answer every ping, and never tag a photo."""
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=REPOSITORY, capture_output=True, text=True, check=False,
        env={"DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", "DEBUG": "on"},
    )  # fmt: skip
    assert done.returncode == EXIT_HANGS, done.stderr
    assert "The model's programs could not be loaded" in done.stderr
