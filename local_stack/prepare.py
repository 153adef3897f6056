"""What a fresh folder needs before the processes start; each step leaves a prepared one alone."""

import json
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def prepare(starter: Path) -> None:
    """Make the database, the starter model and the demo users.

    Raises:
        CommandError: if a step is refused; demo users are, where DEBUG is off.
    """
    django.setup()
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("register_model", starter, promote_if_none=True)
    call_command("create_demo_users")


def seller_login() -> tuple[str, str]:
    """Return the name and password of the demo seller, as `create_demo_users` noted them."""
    users = json.loads((settings.VAR_DIR / "demo-users.json").read_text(encoding="utf-8"))
    return "seller", users["seller"]
