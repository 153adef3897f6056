"""A second factor: turned on, asked for, used up, renewed, turned off."""

import re
import time
from base64 import b32decode
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.authtoken.models import Token

from classifier.accounts import lockout
from classifier.accounts.second_factor import devices, first_step
from classifier.models import AuditEntry
from classifier.throttles import LoginThrottle
from tests.second_factor import a_second_factor, code_for, code_of, wrong_code

pytestmark = pytest.mark.django_db

PASSWORD = "one that no list has"
PAGE = "/account/second-factor/"
RENEW, OFF = f"{PAGE}backup-codes/", f"{PAGE}off/"
RIGHT = {"username": "seller", "password": PASSWORD}


def says(answer: Any, text: str) -> bool:
    return text in " ".join(answer.content.decode().split())


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit by address alone would come first."""
    monkeypatch.setattr(LoginThrottle, "rate", "10000/min", raising=False)


@pytest.fixture
def page(client: Client, seller: User) -> Client:
    """A browser in which the seller is signed in."""
    client.post("/login/", RIGHT)
    return client


@pytest.fixture
def codes(seller: User) -> list[str]:
    """The seller's backup codes."""
    return a_second_factor(seller)


def half_in(next_page: str = "") -> Client:
    """A browser in which the password was right."""
    client = Client()
    address = f"/login/?next={next_page}" if next_page else "/login/"
    assert client.post(address, RIGHT).status_code == 302
    return client


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def secret_in(answer: Any) -> str:
    """Return the secret that a page shows, in hexadecimal."""
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', answer.content.decode())
    assert secret is not None
    return b32decode(secret[1].replace(" ", "")).hex()


def turn_on(page: Client) -> Any:
    """Turn it on as a person does: with the secret that the page shows."""
    code = code_for(secret_in(page.get(PAGE)))
    return page.post(PAGE, {"code": code, "password": PASSWORD})


def test_it_is_turned_on_by_a_first_code_and_gives_ten_backup_codes(
    page: Client, seller: User
) -> None:
    """The page has the secret as picture, link and text; the codes are shown once, kept hashed."""
    shown = page.get(PAGE).content.decode()
    assert '<svg viewBox="0 0' in shown
    assert "otpauth://totp/SlowFashion%3Aseller?secret=" in shown
    answer = turn_on(page)
    shown_codes = re.findall(r"<code>(\d{5} \d{5})</code>", answer.content.decode())
    assert len(shown_codes) == 10
    assert "no-store" in answer["Cache-Control"]
    assert devices.is_on(seller)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not any(code.replace(" ", "") in kept for code in shown_codes)
    assert acts()[-1] == "turned on a second factor"
    assert says(page.get(PAGE), "10 backup codes are left")
    assert says(page.get("/account/"), "It is on")


def test_turning_it_on_ends_other_sessions_and_the_token(page: Client, seller: User) -> None:
    """They were had by the password alone; this browser stays signed in."""
    other = Client()
    other.post("/login/", RIGHT)
    Token.objects.create(user=seller)
    turn_on(page)
    assert signed_in(page)
    assert not signed_in(other)
    assert not Token.objects.exists()
    seller.refresh_from_db()
    assert seller.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "abc", "password": PASSWORD}, "This is neither"),
        ({"code": "000000", "password": PASSWORD}, "not the one that the app shows"),
        ({"code": "000000", "password": "wrong"}, "not your present password"),
        ({"code": "", "password": ""}, "This field is required"),
    ],
)
def test_nothing_is_turned_on_without_the_code_and_the_password(
    page: Client, seller: User, given: dict[str, str], sentence: str
) -> None:
    """The secret stays the same, so that the app need not scan it anew."""
    before = secret_in(page.get(PAGE))
    answer = page.post(PAGE, given)
    assert says(answer, sentence)
    assert secret_in(answer) == before
    assert not devices.is_on(seller)
    assert not TOTPDevice.objects.exists()


def test_signing_in_takes_the_code_and_keeps_where_to(seller: User, codes: list[str]) -> None:
    """Between the two pages nobody is signed in."""
    client = half_in("/photos/")
    assert not signed_in(client)
    asked = client.get("/login/code/?next=/photos/")
    assert says(asked, 'autocomplete="one-time-code" inputmode="numeric"')
    spaced = f" {code_of(seller)[:3]} {code_of(seller)[3:]} "
    answer = client.post("/login/code/?next=/photos/", {"code": spaced})
    assert answer["Location"] == "/photos/"
    assert signed_in(client)
    assert client.session.get_expiry_age() > first_step.SECONDS
    assert acts() == ["signed in"]
    assert client.get("/login/code/")["Location"] == "/listings/"


def test_it_leads_nowhere_else(seller: User, codes: list[str]) -> None:
    """An address of another site is not followed."""
    answer = half_in().post("/login/code/?next=https://evil.example/", {"code": code_of(seller)})
    assert answer["Location"] == "/listings/"


def test_a_code_is_taken_once(seller: User, codes: list[str]) -> None:
    """Also from another browser, also within its thirty seconds."""
    code = code_of(seller)
    assert half_in().post("/login/code/", {"code": code}).status_code == 302
    again = half_in()
    assert says(again.post("/login/code/", {"code": code}), "it was used before")
    assert not signed_in(again)


def test_a_backup_code_signs_in_once(seller: User, codes: list[str]) -> None:
    """In place of the app's; how many are left is noted and shown."""
    client = half_in()
    assert (
        client.post("/login/code/", {"code": f"{codes[3][:5]}-{codes[3][5:]}"}).status_code == 302
    )
    assert signed_in(client)
    assert says(client.get(PAGE), "9 backup codes are left")
    assert AuditEntry.objects.get(action="used a backup code").about == "9 left"
    assert says(half_in().post("/login/code/", {"code": codes[3]}), "it was used before")


def test_another_persons_codes_open_nothing(seller: User, other_seller: User) -> None:
    """Neither those of the app nor the backup codes."""
    theirs = a_second_factor(other_seller)
    a_second_factor(seller)
    for code in (code_of(other_seller), theirs[0]):
        client = half_in()
        client.post("/login/code/", {"code": code})
        assert not signed_in(client)
    assert acts() == ["entered a wrong code"] * 2


def test_wrong_codes_lock_the_account_for_this_address(
    seller: User, codes: list[str], no_throttle: None
) -> None:
    """After five the right one is not looked at; the right password ends no wait, an hour does."""
    for _ in range(lockout.FREE):
        answer = half_in().post("/login/code/", {"code": wrong_code(seller)})
        assert says(answer, "This code is wrong")
    client = half_in()
    refused = client.post("/login/code/", {"code": code_of(seller)})
    assert refused.status_code == 429
    assert says(refused, "too many attempts")
    assert not signed_in(client)
    assert acts() == ["entered a wrong code"] * lockout.FREE
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    elsewhere.post("/login/", RIGHT)
    elsewhere.post("/login/code/", {"code": code_of(seller)})
    assert signed_in(elsewhere)


def test_the_password_alone_makes_no_address_known(
    seller: User, codes: list[str], no_throttle: None
) -> None:
    """A stranger who has it guesses fifty times from all addresses together, not five from each."""
    looked_at = 0
    for n in range(lockout.FREE_IN_ALL // 4):
        client = Client(REMOTE_ADDR=f"10.1.0.{n}")
        client.post("/login/", RIGHT)
        for _ in range(lockout.FREE):
            answer = client.post("/login/code/", {"code": wrong_code(seller)})
            looked_at += answer.status_code == 200
    assert looked_at == lockout.FREE_IN_ALL


def test_many_codes_from_one_address_are_throttled(seller: User, codes: list[str]) -> None:
    """As attempts at passwords are, with which they are counted."""
    client = half_in()
    answers = [client.post("/login/code/", {"code": "no code"}).status_code for _ in range(31)]
    assert answers[:3] == [200, 200, 200]
    assert answers[-1] == 429


def test_the_first_step_ends_after_five_minutes(
    seller: User, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is asked for again, and where to go is kept."""
    client = half_in("/photos/")
    assert client.session.get_expiry_age() <= first_step.SECONDS
    later = time.time() + first_step.SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    answer = client.post("/login/code/?next=/photos/", {"code": code_of(seller)})
    assert answer["Location"] == "/login/?next=/photos/"
    assert not signed_in(client)


def test_the_first_step_ends_with_the_password(seller: User, codes: list[str]) -> None:
    """Who knew the old one comes no further; nor does who was deactivated."""
    for change in ({"password": "x"}, {"is_active": False}):
        client = half_in()
        User.objects.filter(pk=seller.pk).update(**change)
        client.post("/login/code/", {"code": code_of(seller)})
        assert not signed_in(client)
        User.objects.filter(pk=seller.pk).update(password=seller.password, is_active=True)


def test_the_second_page_without_the_first_leads_back(client: Client, seller: User) -> None:
    """Nobody is asked for a code of whom no password is known."""
    assert client.get("/login/code/")["Location"].startswith("/login/")
    assert client.post("/login/code/", {"code": "123456"})["Location"].startswith("/login/")


def test_a_link_by_mail_gives_a_password_and_no_way_around(seller: User, codes: list[str]) -> None:
    """With a new password the code is asked for as ever."""
    seller.set_password("another that no list has")
    seller.save()
    client = Client()
    answer = client.post("/login/", {**RIGHT, "password": "another that no list has"})
    assert answer["Location"] == "/login/code/"
    assert not signed_in(client)


@pytest.fixture
def with_code(seller: User, codes: list[str]) -> Client:
    """A browser signed in with password and code."""
    client = half_in()
    client.post("/login/code/", {"code": code_of(seller)})
    assert signed_in(client)
    return client


def test_backup_codes_are_renewed_with_password_and_code(
    with_code: Client, seller: User, codes: list[str]
) -> None:
    """Those before end; ten new ones are shown."""
    assert with_code.get(RENEW).status_code == 200
    wrong = {"code": wrong_code(seller), "password": PASSWORD}
    assert says(with_code.post(RENEW, wrong), "This code is wrong")
    answer = with_code.post(RENEW, {"code": code_of(seller), "password": PASSWORD})
    new = re.findall(r"<code>(\d{5} \d{5})</code>", answer.content.decode())
    assert len(new) == 10
    assert acts()[-1] == "made new backup codes"
    assert says(half_in().post("/login/code/", {"code": codes[0]}), "This code is wrong")
    assert half_in().post("/login/code/", {"code": new[0]}).status_code == 302


def test_it_is_turned_off_with_password_and_code(with_code: Client, seller: User) -> None:
    """Not with one of them; other browsers are signed out, this one stays."""
    other = half_in()
    other.post("/login/code/", {"code": code_of(seller)})
    Token.objects.create(user=seller)
    for given, sentence in (
        ({"code": code_of(seller), "password": "wrong"}, "not your present password"),
        ({"code": wrong_code(seller), "password": PASSWORD}, "This code is wrong"),
    ):
        assert says(with_code.post(OFF, given), sentence)
        assert devices.is_on(seller)
    answer = with_code.post(OFF, {"code": code_of(seller), "password": PASSWORD}, follow=True)
    assert says(answer, "The second factor is off")
    assert acts()[-1] == "turned off a second factor"
    assert not devices.is_on(seller)
    assert not StaticToken.objects.exists()
    assert not Token.objects.exists()
    assert signed_in(with_code)
    assert not signed_in(other)
    for path in (RENEW, OFF):
        assert with_code.get(path)["Location"] == PAGE


def test_who_found_an_open_browser_guesses_at_no_code(with_code: Client, seller: User) -> None:
    """Without the password no code is looked at, so none is used up and none counted."""
    code = code_of(seller)
    with_code.post(OFF, {"code": code, "password": "wrong"})
    assert "entered a wrong code" not in acts()
    assert half_in().post("/login/code/", {"code": code}).status_code == 302
