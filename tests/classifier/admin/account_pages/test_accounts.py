"""Accounts in the admin: what has a record is deactivated, not deleted."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Review
from tests.classifier.reviewing import review
from tests.tagged_photos import UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

LIST = "/admin/auth/user/"


@pytest.fixture
def page(admin_client: Client) -> Client:
    return admin_client


@pytest.fixture
def anna() -> User:
    """A moderator with one review."""
    anna = a_moderator("anna")
    a_photo(**UNKNOWN)
    review(anna)
    return anna


def test_a_moderator_with_reviews_is_deactivated_instead(page: Client, anna: User) -> None:
    """The page says what keeps the account and offers the button, which does it."""
    path = f"{LIST}{anna.pk}/delete/"
    shown = page.get(path).content.decode()
    assert "anna cannot be deleted: 1 review" in shown
    assert "Deactivate the account instead." in shown
    assert "permission" not in shown

    done = page.post(path, {"deactivate": "yes"}, follow=True)
    assert "anna is deactivated." in done.content.decode()
    anna.refresh_from_db()
    assert not anna.is_active
    assert Review.objects.filter(moderator=anna).exists()
    assert "The account is deactivated" in page.get(path).content.decode()


def test_the_usual_confirmation_deletes_nobody_with_reviews(page: Client, anna: User) -> None:
    """Neither does a form that was open before the first review."""
    answer = page.post(f"{LIST}{anna.pk}/delete/", {"post": "yes"})
    assert "cannot be deleted" in answer.content.decode()
    assert User.objects.get(pk=anna.pk).is_active


def test_many_are_told_alike(page: Client, anna: User) -> None:
    """The list's action names who cannot be deleted; the other action deactivates them."""
    other = a_moderator("berta")
    chosen = {"_selected_action": [anna.pk, other.pk]}
    told = page.post(LIST, {"action": "delete_selected", **chosen}, follow=True).content.decode()
    assert "anna: 1 review" in told
    assert "Deactivate selected users" in told
    assert User.objects.filter(pk=other.pk).exists()

    page.post(LIST, {"action": "deactivate_selected", **chosen})
    assert not User.objects.filter(pk__in=(anna.pk, other.pk), is_active=True).exists()


def test_an_account_without_a_record_is_deleted(page: Client) -> None:
    """Alone and from the list, after the usual question."""
    for name in ("berta", "carla"):
        a_moderator(name)
    berta, carla = User.objects.get(username="berta"), User.objects.get(username="carla")
    assert "Are you sure" in page.get(f"{LIST}{berta.pk}/delete/").content.decode()
    page.post(f"{LIST}{berta.pk}/delete/", {"post": "yes"})
    page.post(LIST, {"action": "delete_selected", "_selected_action": [carla.pk], "post": "yes"})
    assert not User.objects.filter(pk__in=(berta.pk, carla.pk)).exists()


def test_nobody_deactivates_themselves(page: Client, admin_user: User) -> None:
    """Who could, would be locked out by one click."""
    a_photo(**UNKNOWN)
    review(admin_user)
    path = f"{LIST}{admin_user.pk}/delete/"
    assert "deactivate" not in page.post(path, {"deactivate": "yes"}).content.decode()
    page.post(LIST, {"action": "deactivate_selected", "_selected_action": [admin_user.pk]})
    admin_user.refresh_from_db()
    assert admin_user.is_active


def test_who_may_not_delete_users_is_refused(anna: User, client: Client) -> None:
    """The page is no way around the rights."""
    client.force_login(a_moderator("berta"))
    assert client.post(f"{LIST}{anna.pk}/delete/", {"deactivate": "yes"}).status_code == 403
    anna.refresh_from_db()
    assert anna.is_active


@pytest.mark.parametrize("form", ["user", "group"])
def test_rights_to_secrets_of_second_factors_cannot_be_given(
    page: Client, anna: User, form: str
) -> None:
    """Users' and groups' forms offer the rights of photos, and none of django-otp's tables."""
    path = f"{LIST}{anna.pk}/change/" if form == "user" else "/admin/auth/group/add/"
    answer = page.get(path)
    field = "user_permissions" if form == "user" else "permissions"
    offered = answer.context["adminform"].form.fields[field].queryset
    labels = set(offered.values_list("content_type__app_label", flat=True))
    assert "classifier" in labels
    assert not [label for label in labels if label.startswith("otp_")]
