"""`manage.py create_demo_users`: three people for a development machine, and nowhere else."""

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def development(settings: Any, tmp_path: Path) -> Path:
    """A machine with DEBUG on; returns the file of passwords."""
    settings.DEBUG = True
    settings.VAR_DIR = tmp_path
    return tmp_path / "demo-users.json"


def create() -> str:
    out = io.StringIO()
    call_command("create_demo_users", stdout=out)
    return out.getvalue()


def test_three_people_are_made_who_can_sign_in(development: Path, client: Client) -> None:
    """What is printed works, and is kept in a file that only its owner can read."""
    printed = create()

    passwords = json.loads(development.read_text())
    assert list(passwords) == ["seller", "moderator", "admin"]
    assert stat.S_IMODE(development.stat().st_mode) == 0o600
    for name, password in passwords.items():
        assert password in printed
        assert client.login(username=name, password=password)


def test_each_may_do_what_the_name_says(development: Path) -> None:
    """The seller is no staff, the moderator sees photos but no people, the admin does all."""
    create()
    seller, moderator, admin = (
        User.objects.get(username=name) for name in ("seller", "moderator", "admin")
    )
    assert not seller.is_staff
    assert moderator.is_staff
    assert moderator.has_perms(["classifier.view_listingphoto", "classifier.change_listingphoto"])
    assert not moderator.has_perm("auth.change_user")
    assert not moderator.has_perm("classifier.change_modelversion")
    assert not moderator.has_perm("classifier.retrain")
    assert admin.is_superuser


def test_a_second_run_prints_the_same(development: Path) -> None:
    """Nobody's password changes while somebody is trying the product."""
    assert create() == create()


def test_a_lost_file_gives_new_passwords(development: Path) -> None:
    """Without the file the passwords cannot be known, so there are new ones."""
    create()
    before = json.loads(development.read_text())
    development.write_text("{ damaged")
    create()
    assert set(json.loads(development.read_text()).values()).isdisjoint(before.values())


def test_it_refuses_where_debug_is_off() -> None:
    """A machine in earnest never gets well-known users."""
    with pytest.raises(CommandError, match="DEBUG is off, so none were created"):
        create()
    assert not User.objects.exists()
