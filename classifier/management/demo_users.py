"""Three people to try the product with; on a development machine only."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from classifier.accounts import roles


class DemoUser(NamedTuple):
    name: str
    password: str
    may: str


class NotADemoMachineError(Exception):
    """DEBUG is off, so well-known users have no place here."""


def password_file() -> Path:
    """Return where the passwords are kept, ``{name: password}``, for `make demo` and later runs."""
    return Path(settings.VAR_DIR) / "demo-users.json"


def create_demo_users() -> list[DemoUser]:
    """Create seller, moderator and admin, or give those there are the passwords on file.

    Raises:
        NotADemoMachineError: if DEBUG is off.
    """
    if not settings.DEBUG:
        raise NotADemoMachineError(
            "Demo users are for development: DEBUG is off, so none were created. "
            "Create real ones with `manage.py createsuperuser` and in the admin."
        )
    kept = _kept_passwords()
    users = [
        DemoUser("seller", kept.get("seller") or _new_password(), "uploads photos"),
        DemoUser(
            "moderator", kept.get("moderator") or _new_password(), "sees all photos in /admin/"
        ),
        DemoUser("admin", kept.get("admin") or _new_password(), "everything"),
    ]
    with transaction.atomic():
        for user in users:
            _ensure(user)
    _keep({user.name: user.password for user in users})
    return users


def _ensure(demo: DemoUser) -> None:
    user, _ = User.objects.get_or_create(username=demo.name)
    user.is_active = True
    user.is_staff = demo.name in ("moderator", "admin")
    user.is_superuser = demo.name == "admin"
    # Hashing takes its time on purpose; a second run need not do it again.
    if not user.password or not user.check_password(demo.password):
        user.set_password(demo.password)
    user.save()
    if demo.name == "moderator":
        user.groups.add(roles.group_of(roles.Role.MODERATOR))


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _kept_passwords() -> Mapping[str, str]:
    try:
        kept = json.loads(password_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(passwords: Mapping[str, str]) -> None:
    """Write the file for its owner alone, from its first byte on."""
    path = password_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords, indent=2) + "\n", encoding="utf-8")
