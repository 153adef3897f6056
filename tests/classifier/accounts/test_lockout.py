"""A password cannot be guessed: not by account, not by address, and not many at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from classifier.accounts import lockout
from classifier.throttles import LoginThrottle

PASSWORD = "one that no list has"
WRONG = {"username": "seller", "password": "a guess"}
RIGHT = {"username": "seller", "password": PASSWORD}


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit by address alone would come first."""
    monkeypatch.setattr(LoginThrottle, "rate", "10000/min", raising=False)


@pytest.mark.parametrize("address", ["/api/v1/token/", "/login/"])
def test_after_five_guesses_an_account_is_locked(seller: User, address: str) -> None:
    """Even the right password is refused then, with the time to wait, from that address alone."""
    client = Client()
    for _ in range(lockout.FREE):
        assert client.post(address, WRONG).status_code in (200, 400)
    refused = client.post(address, RIGHT)
    assert refused.status_code == 429
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    assert "too many attempts" in refused.content.decode()
    elsewhere = client.post(address, RIGHT, REMOTE_ADDR="10.1.2.3")
    assert elsewhere.status_code in (200, 302)


def test_waits_double_up_to_an_hour() -> None:
    """As the attempts over the free ones."""
    waits = [lockout.wait_after(attempts, free=5) for attempts in (1, 4, 5, 6, 7, 10, 11, 5000)]
    assert waits == [0, 0, 60, 120, 240, 1920, 3600, 3600]


def test_a_token_in_the_header_lifts_no_limit(seller: User, monkeypatch: Any) -> None:
    """A request with a valid token is counted by its address like any other."""
    monkeypatch.setattr(LoginThrottle, "rate", "3/min", raising=False)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=seller).key}")
    guesses = [
        client.post("/api/v1/token/", {"username": f"user {n}", "password": "x"}) for n in range(5)
    ]
    assert [answer.status_code for answer in guesses] == [400, 400, 400, 429, 429]


def attempt(address: str, password: str = WRONG["password"], name: str = "seller") -> User | None:
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    return authenticate(request, username=name, password=password)


def test_guesses_from_many_addresses_are_counted_together(seller: User) -> None:
    """A new address waits after 50 of them; one that the owner signed in from does not."""
    assert attempt("10.0.0.1", PASSWORD) == seller
    for n in range(lockout.FREE_IN_ALL):
        attempt(f"10.1.0.{n}")
    assert attempt("10.2.0.1", PASSWORD) is None
    assert attempt("10.0.0.1", PASSWORD) == seller
    assert attempt("10.2.0.1", name="somebody else") is None


def test_signing_in_forgets_the_mistakes_before(seller: User) -> None:
    """Four typing mistakes, then the right password, again and again."""
    for _ in range(3):
        for _ in range(lockout.FREE - 1):
            assert attempt("10.0.0.1") is None
        assert attempt("10.0.0.1", PASSWORD) == seller


def test_a_network_of_ipv6_counts_as_one_address(seller: User) -> None:
    """Whoever has one line has all its addresses."""
    for n in range(lockout.FREE):
        attempt(f"2001:db8::{n}")
    assert attempt("2001:db8::ffff", PASSWORD) is None
    assert attempt("2001:db8:0:1::1", PASSWORD) == seller


def test_guesses_at_once_gain_nothing() -> None:
    """Of forty threads five may try."""
    counter = lockout._Counter("test", lockout.FREE)
    with ThreadPoolExecutor(40) as threads:
        allowed = list(threads.map(lambda _: counter.take(), range(40)))
    assert sum(allowed) == lockout.FREE


def test_a_locked_password_is_not_looked_at(seller: User) -> None:
    """The backend refuses for all others after it."""
    for _ in range(lockout.FREE):
        attempt("10.0.0.1")
    request = RequestFactory().post("/", REMOTE_ADDR="10.0.0.1")
    with pytest.raises(PermissionDenied):
        lockout.LockoutBackend().authenticate(request, "seller", PASSWORD)


def test_a_token_ends_with_the_password(seller: User) -> None:
    """Whoever had the old password keeps no way in; signing in alone ends nothing."""
    token = Token.objects.create(user=seller)
    client = Client()
    client.post("/login/", RIGHT)
    assert Token.objects.filter(pk=token.pk).exists()
    seller.set_password("another that no list has")
    seller.save()
    assert not Token.objects.exists()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    assert api.get("/api/v1/listings/").status_code == 401
