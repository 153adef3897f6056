"""Roles: one form makes a moderator, an engineer or an administrator."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from classifier.accounts import roles
from classifier.accounts.roles import Role
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.django_db

PASSWORD = "one that no list has"


def invite(client: Client, role: str, name: str = "new", **more: Any) -> Any:
    fields = {"username": name, "email": "", "role": role, "password1": PASSWORD} | more
    fields |= {"password2": PASSWORD, "usable_password": "true"}
    return client.post("/admin/auth/user/add/", fields)


@pytest.fixture
def admin(boss: User) -> Client:
    client = Client()
    User.objects.filter(pk=boss.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=boss.pk))
    return client


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("moderator", "classifier.add_review", "classifier.retrain"),
        ("engineer", "classifier.retrain", "classifier.add_review"),
        ("administrator", "auth.add_user", None),
        ("seller", None, "classifier.view_listingphoto"),
    ],
)
def test_one_form_makes_each_role(
    admin: Client, role: str, may: str | None, may_not: str | None
) -> None:
    """Name, role, password: the account has the role's rights and no others, and can sign in."""
    assert invite(admin, role).status_code == 302
    user = User.objects.get(username="new")
    assert roles.role_of(user) == role
    assert may is None or user.has_perm(may)
    assert may_not is None or not user.has_perm(may_not)
    assert user.is_staff is (role != "seller")
    assert user.check_password(PASSWORD)


def test_every_right_of_a_role_is_there() -> None:
    """The migration has made the groups, with each right that the role names."""
    for name, rights in roles.GROUPS.values():
        group = Group.objects.get(name=name)
        codenames = group.permissions.values_list("codename", flat=True)
        assert set(codenames) == set(rights)


def test_a_role_is_changed_on_the_accounts_page(admin: Client) -> None:
    """Another role replaces the rights of the one before; saved without a change all stays."""
    invite(admin, "moderator")
    user = User.objects.get(username="new")
    user.user_permissions.add(Permission.objects.get(codename="export_labels"))
    url = f"/admin/auth/user/{user.pk}/change/"
    assert 'value="other"' in admin.get(url).content.decode()
    form = {
        "username": "new", "is_active": "on", "is_staff": "on", "date_joined_0": "2026-11-27",
        "date_joined_1": "10:00", "groups": [group.pk for group in user.groups.all()],
        "user_permissions": [one.pk for one in user.user_permissions.all()],
    }  # fmt: skip
    assert admin.post(url, {**form, "role": "other"}).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert user.has_perms(["classifier.export_labels", "classifier.add_review"])
    assert admin.post(url, {**form, "role": "engineer"}).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert roles.role_of(user) is Role.ENGINEER
    assert not user.has_perm("classifier.add_review")


def test_nobody_gives_more_than_they_may(admin: Client) -> None:
    """Who may add users without being an administrator makes sellers and moderators alone."""
    hr = a_moderator("hr")
    hr.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="auth", codename__contains="_user")
    )
    client = Client()
    client.force_login(hr)
    for role in ("engineer", "administrator"):
        assert invite(client, role, is_superuser="on").status_code == 200
    assert not User.objects.filter(username="new").exists()
    assert invite(client, "moderator", is_superuser="on").status_code == 302
    assert not User.objects.get(username="new").is_superuser
    boss = User.objects.get(is_superuser=True)
    assert client.post(f"/admin/auth/user/{boss.pk}/change/", {"username": "x"}).status_code == 403
