"""What a fresh folder needs before the processes start; each step leaves a prepared one alone."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def prepare(starter: Path) -> str:
    """Make the database, the starter model and the demo users; return their table of passwords.

    Raises:
        CommandError: if a step is refused; demo users are, where DEBUG is off.
    """
    django.setup()
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("register_model", starter, promote_if_none=True)
    passwords = StringIO()
    call_command("create_demo_users", stdout=passwords)
    return passwords.getvalue()


def worker_is_ready(since: datetime) -> bool:
    """Return whether a worker that was started meanwhile has its model in its memory."""
    # Imported here: Django is set up by `prepare`.
    from classifier.models import Heartbeat

    workers = Heartbeat.objects.filter(kind=Heartbeat.Kind.WORKER, started_at__gte=since)
    return workers.exclude(model="").exists()


def seller_login() -> tuple[str, str]:
    """Return the name and password of the demo seller, as `create_demo_users` noted them."""
    users = json.loads((settings.VAR_DIR / "demo-users.json").read_text(encoding="utf-8"))
    return "seller", users["seller"]
