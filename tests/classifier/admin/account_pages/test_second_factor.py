"""Second factors and the admin: staff who must have one, and a reset for who lost the phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.test import Client
from rest_framework.authtoken.models import Token

from classifier.accounts.second_factor import devices, reset
from classifier.models import AuditEntry
from tests.second_factor import a_second_factor, code_of
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.django_db

PASSWORD = "one that no list has either"
FACTOR = "/account/second-factor/"
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
QUEUE = "/admin/classifier/review/queue/"


@pytest.fixture
def required(settings: Any) -> None:
    """Staff must have a second factor."""
    settings.SECOND_FACTOR = "staff"


@pytest.fixture
def boss_page(boss: User) -> Client:
    """A browser in which the administrator signed in by password, when that was enough."""
    client = Client(headers=HTML)
    client.post("/login/", {"username": "boss", "password": PASSWORD})
    return client


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/auth/user/", QUEUE, "/", "/photos/", "/account/", "/account/delete/",
     "/admin/password_change/"],
)  # fmt: skip
def test_a_session_of_before_is_led_to_get_one(boss_page: Client, path: str) -> None:
    """Whatever page is asked for; it is kept, for after."""
    answer = boss_page.get(f"{path}?q=1")
    assert answer["Location"] == f"{FACTOR}?next={path.replace('/', '%2F')}%3Fq%3D1"
    assert boss_page.post(path)["Location"] == FACTOR
    shown = boss_page.get(answer["Location"]).content.decode()
    assert "so it needs a second factor first" in " ".join(shown.split())
    assert boss_page.post("/logout/").status_code == 302


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/listings/", HTML), ("/api/v1/photos/1/image/", HTML),
        (f"{QUEUE}take/", {"accept": "*/*"}),
        ("/admin/classifier/alarm/now/", {"accept": "application/json"}),
    ],
)  # fmt: skip
def test_scripts_and_the_api_are_refused_in_words(
    boss_page: Client, path: str, headers: dict[str, str]
) -> None:
    """A script that followed to a page would take it for its answer."""
    for answer in (boss_page.get(path, headers=headers), boss_page.post(path, headers=headers)):
        assert answer.status_code == 403
        assert "needs a second factor" in answer.json()["message"]


@pytest.mark.usefixtures("required")
def test_sellers_are_left_alone(seller: User) -> None:
    """It is the staff of whom it is required."""
    client = Client(headers=HTML)
    client.force_login(seller)
    assert client.get("/listings/").status_code == 200


@pytest.mark.usefixtures("required")
def test_with_password_and_code_staff_go_where_they_wanted(boss: User) -> None:
    """No more is asked of a session that began with a code."""
    a_second_factor(boss)
    client = Client(headers=HTML)
    asked = client.post("/login/?next=/admin/", {"username": "boss", "password": PASSWORD})
    assert client.post(asked["Location"], {"code": code_of(boss)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/api/v1/listings/").status_code == 200


@pytest.mark.parametrize("setting", ["offered", "staff"])
def test_a_session_of_staff_without_the_code_ends(
    boss: User, boss_page: Client, settings: Any, setting: str
) -> None:
    """However it came about: once there is a second factor, the password alone is no way in."""
    settings.SECOND_FACTOR = setting
    a_second_factor(boss)
    assert boss_page.get("/admin/")["Location"].startswith("/admin/login/")
    assert boss_page.get("/account/")["Location"] == "/login/?next=/account/"


def dialog(user: User) -> str:
    return f"/admin/auth/user/{user.pk}/reset_second_factor/"


@pytest.fixture
def anna() -> User:
    """A moderator with a mail address and a second factor."""
    anna = a_moderator("anna")
    anna.email = "anna@shop.example"
    anna.save()
    a_second_factor(anna)
    return anna


def test_an_administrator_resets_anothers(boss_page: Client, anna: User) -> None:
    """It is noted who did, tokens and sessions end; no broker is here, so no mail is promised."""
    session = Client(headers=HTML)
    asked = session.post("/login/", {"username": "anna", "password": "a password of the tests"})
    session.post(asked["Location"], {"code": code_of(anna)})
    assert session.get("/account/").status_code == 200
    Token.objects.create(user=anna)

    page = boss_page.get(f"/admin/auth/user/{anna.pk}/change/").content.decode()
    assert "Reset second factor" in page
    answer = boss_page.post(dialog(anna), {"_form_submitted": "on"})
    assert answer.headers["HX-Redirect"] == "/admin/auth/user/"
    shown = boss_page.get("/admin/auth/user/").content.decode()
    assert "The second factor of anna is reset." in shown
    assert "No mail goes to anna" in shown
    assert not devices.is_on(anna)
    assert not Token.objects.exists()
    assert session.get("/account/").status_code == 302
    entry = AuditEntry.objects.get(action="reset a second factor")
    assert (entry.who, entry.about) == ("boss", "anna")
    page = boss_page.get(f"/admin/auth/user/{anna.pk}/change/").content.decode()
    assert "Reset second factor" not in page


def test_the_person_is_told_by_mail(
    boss_page: Client, anna: User, sent_tasks: Callable[[], list[list[Any]]]
) -> None:
    """By a worker, in both languages, with the way to a new one."""
    boss_page.post(dialog(anna), {"_form_submitted": "on"})
    assert "No mail goes to" not in boss_page.get("/admin/auth/user/").content.decode()
    (arguments,) = sent_tasks()
    reset.send_notice(*arguments)
    (sent,) = mail.outbox
    assert sent.to == ["anna@shop.example"]
    assert sent.subject.startswith("Your second factor at SlowFashion was reset / ")
    text = str(sent.body)
    assert "boss has reset the second factor of your account anna" in text
    assert text.count("http://testserver/account/second-factor/") == 2


def test_who_may_not_change_the_account_resets_nothing(boss: User, anna: User) -> None:
    """Nor does anybody one's own: that takes password and code. Administrators' is theirs alone."""
    a_second_factor(boss)
    hr = a_moderator("hr")
    client = Client()
    client.force_login(hr)
    assert client.post(dialog(anna), {"_form_submitted": "on"}).status_code == 403
    hr.user_permissions.add(Permission.objects.get(codename="change_user"))
    assert client.post(dialog(boss), {"_form_submitted": "on"}).status_code == 403
    assert devices.is_on(anna)
    assert devices.is_on(boss)
    assert client.post(dialog(anna), {"_form_submitted": "on"}).status_code == 200
    assert not devices.is_on(anna)
    a_second_factor(hr)
    own = Client()
    asked = own.post("/login/", {"username": "hr", "password": "a password of the tests"})
    own.post(asked["Location"], {"code": code_of(hr)})
    assert own.post(dialog(hr), {"_form_submitted": "on"}).status_code == 403


def test_the_list_tells_who_has_one(boss_page: Client, anna: User) -> None:
    """As a column and as a filter; the secrets of django-otp's own pages are not in the admin."""
    for state, there in (("on", True), ("off", False)):
        page = boss_page.get(f"/admin/auth/user/?second_factor={state}").content.decode()
        assert (">anna<" in page) is there
    for name in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert boss_page.get(f"/admin/{name}/").status_code == 404
