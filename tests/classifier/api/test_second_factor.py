"""A token takes a code of who has a second factor; where staff must have one, theirs need it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from classifier.accounts import lockout
from classifier.models import AuditEntry
from classifier.throttles import LoginThrottle
from tests.second_factor import a_second_factor, code_of, wrong_code

pytestmark = pytest.mark.django_db

PASSWORD = "one that no list has"
RIGHT = {"username": "seller", "password": PASSWORD}


def ask(**more: str) -> Any:
    return APIClient().post("/api/v1/token/", RIGHT | more)


def test_a_token_takes_the_code_too(seller: User) -> None:
    """Without one the answer says what is missing; a backup code does as well, once."""
    codes = a_second_factor(seller)
    missing = ask()
    assert missing.status_code == 400
    assert "send a code of the app as `otp`" in str(missing.json()["otp"])
    assert "wrong" in str(ask(otp=wrong_code(seller)).json()["otp"])
    code = code_of(seller)
    assert set(ask(otp=code).json()) == {"token"}
    assert ask(otp=code).status_code == 400
    assert ask(otp=codes[0]).status_code == 200
    assert ask(otp=codes[0]).status_code == 400


def test_without_a_second_factor_nothing_changes(seller: User) -> None:
    """Name and password are enough, and a code is not looked at."""
    assert ask().status_code == 200
    assert ask(otp="123456").status_code == 200


def test_wrong_codes_are_counted_with_those_of_the_page(
    seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five in all, and 429 with the time to wait after that, also for the right one."""
    monkeypatch.setattr(LoginThrottle, "rate", "10000/min", raising=False)
    a_second_factor(seller)
    for _ in range(lockout.FREE):
        assert ask(otp=wrong_code(seller)).status_code == 400
    refused = ask(otp=code_of(seller))
    assert refused.status_code == 429
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    assert AuditEntry.objects.filter(action="entered a wrong code").count() == lockout.FREE


def test_a_wrong_password_says_nothing_of_a_second_factor(seller: User) -> None:
    """Nor does a code help without the password."""
    without = APIClient().post("/api/v1/token/", {**RIGHT, "password": "wrong"}).json()
    a_second_factor(seller)
    given = {**RIGHT, "password": "wrong", "otp": code_of(seller)}
    assert APIClient().post("/api/v1/token/", given).json() == without


def test_tokens_of_staff_open_nothing_until_there_is_a_second_factor(
    boss: User, seller: User, settings: Any
) -> None:
    """Those from before the setting too; sellers' tokens go on."""
    tokens = {user: Token.objects.create(user=user).key for user in (boss, seller)}

    def listings(user: User) -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {tokens[user]}")
        return client.get("/api/v1/listings/")

    assert listings(boss).status_code == 200
    settings.SECOND_FACTOR = "staff"
    assert listings(boss).status_code == 403
    assert "needs a second factor" in listings(boss).json()["detail"]
    assert listings(seller).status_code == 200
    login = {"username": "boss", "password": "one that no list has either"}
    assert APIClient().post("/api/v1/token/", login).status_code == 403
    a_second_factor(boss)
    assert listings(boss).status_code == 200
    answer = APIClient().post("/api/v1/token/", login | {"otp": code_of(boss)})
    assert answer.json() == {"token": tokens[boss]}
