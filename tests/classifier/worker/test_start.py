"""A worker or trainer that cannot import what runs the model ends; another is started."""

import subprocess
import sys

import pytest

from classifier.worker.watchdog import EXIT_HANGS
from tests.repository import REPOSITORY

# Called as Celery calls it; torch fails as where the temporary disk is full.
START = """
import sys
from types import SimpleNamespace
import django
django.setup()
sys.modules["torch"] = None
"""
WORKER = """
from classifier.tasks import get_ready
queues = SimpleNamespace(consume_from={"classification": None})
get_ready(sender=SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))
"""
# The trainer loads torch with its first work.
RETRAINING = """
from training.tasks import retrain
retrain(1)
"""
JOB = """
from training.tasks import do_job
do_job(1)
"""


@pytest.mark.parametrize("work", [WORKER, RETRAINING, JOB], ids=["worker", "retraining", "job"])
def test_a_worker_without_its_packages_ends(work: str) -> None:
    """It would live on, answer every ping, and never do its work."""
    done = subprocess.run(
        [sys.executable, "-c", START + work], cwd=REPOSITORY, capture_output=True, text=True,
        check=False, env={"DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", "DEBUG": "on"},
    )  # fmt: skip
    assert done.returncode == EXIT_HANGS, done.stderr
    assert "The model's programs could not be loaded" in done.stderr
