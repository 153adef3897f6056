"""Who guesses at a password or a code soon has to wait, and twice as long each time.

Counted in the cache of all processes, for an account and address, and for an account from
everywhere, in which addresses that it signed in from before are left out: strangers cannot lock its
owner out. An attempt is counted before the password is compared, so many at once gain nothing.
Codes of a second factor have counters of their own: the right password ends none of them.

docs/decisions/0019-lockout-in-the-cache.md says why this is no package.
"""

import hashlib
import ipaddress
import math
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from classifier.accounts.second_factor import devices
from classifier.throttles import SHARED_CACHE, address_of

# Attempts that cost no wait: by one address, and from everywhere.
FREE: Final = 5
FREE_IN_ALL: Final = 50
FIRST_WAIT_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 3600
# How long failures are remembered, and addresses that signed in.
REMEMBERED_SECONDS: Final = 24 * 3600
KNOWN_SECONDS: Final = 30 * 24 * 3600


class Kind(StrEnum):
    """What is guessed at."""

    PASSWORD = "password"  # noqa: S105  # the word, and none that opens anything
    CODE = "code"


def wait_after(attempts: int, free: int) -> int:
    """Return how many seconds the n-th attempt makes the next one wait: 0, then 60, 120 … 3600."""
    if attempts < free:
        return 0
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS << min(attempts - free, 10))


@dataclass(frozen=True, slots=True)
class _Counter:
    """The failures of one kind, under one key of the cache."""

    key: str
    free: int

    def seconds_left(self) -> int:
        until = float(SHARED_CACHE.get(f"{self.key}:until") or 0)
        return max(0, math.ceil(until - time.time()))

    def take(self) -> bool:
        """Count an attempt; return whether it may be made."""
        if self.seconds_left():
            return False
        SHARED_CACHE.add(self.key, 0, REMEMBERED_SECONDS)
        wait = wait_after(SHARED_CACHE.incr(self.key), self.free)
        # Of several at once the first one sets the wait; the others come too late.
        return not wait or SHARED_CACHE.add(f"{self.key}:until", time.time() + wait, wait)

    def forget(self) -> None:
        SHARED_CACHE.delete(self.key)
        SHARED_CACHE.delete(f"{self.key}:until")


def _key(*parts: str) -> str:
    # Hashed: names come from strangers, and are not for others to read in Redis.
    return "sign-in:" + hashlib.sha256("\0".join(parts).casefold().encode()).hexdigest()


def _counters(username: str, address: str, kind: Kind = Kind.PASSWORD) -> list[_Counter]:
    counters = [_Counter(_key(kind, "address", username, address), FREE)]
    if not SHARED_CACHE.get(_key("known", username, address)):
        counters.append(_Counter(_key(kind, "account", username), FREE_IN_ALL))
    return counters


def _counters_of(request: HttpRequest, username: str, kind: Kind) -> list[_Counter]:
    return _counters(username, _network(address_of(request)), kind)


def seconds_left(request: HttpRequest, username: str, kind: Kind = Kind.PASSWORD) -> int:
    """Return how long this address must wait until it may try this account; 0 if it may now."""
    return max(c.seconds_left() for c in _counters_of(request, username, kind))


def forget(request: HttpRequest, username: str) -> None:
    """Forget wrong passwords from this address: its owner has proved that the account is theirs."""
    for counter in _counters_of(request, username, Kind.PASSWORD):
        counter.forget()


def may_try_code(request: HttpRequest, username: str) -> bool:
    """Count an attempt at a code; return whether it may be made."""
    return all(counter.take() for counter in _counters_of(request, username, Kind.CODE))


def code_was_right(request: HttpRequest, username: str) -> None:
    """Forget wrong codes from this address, and know it from now on."""
    for counter in _counters_of(request, username, Kind.CODE):
        counter.forget()
    _know(username, _network(address_of(request)))


def _know(username: str, address: str) -> None:
    SHARED_CACHE.set(_key("known", username, address), True, KNOWN_SECONDS)


def _network(address: str) -> str:
    """Return an address; of IPv6 the network, since one line has all addresses of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network(f"{address}/64", False))


class LockoutBackend(ModelBackend):
    """Django's own backend, with a limit on guesses; every way to sign in passes through it."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user whose password this is.

        Raises:
            PermissionDenied: if there were too many attempts; the password is not looked at.
        """
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        address = _network(address_of(request))
        counters = _counters(username, address)
        if not all(counter.take() for counter in counters):
            raise PermissionDenied("Too many attempts to sign in.")
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None:
            for counter in counters:
                counter.forget()
            # Of who has a second factor the right code alone makes an address known: a stranger
            # with the password would guess at codes from as many as there are.
            if not devices.is_on(user):
                _know(username, address)
        return user


class TokensEndWithPassword:
    """A password validator that refuses none: Django tells it of every new password."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse nothing."""

    def password_changed(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  # Django's
        """End the user's API token: whoever knew the old password may have made it."""
        if user is not None and user.pk:
            Token.objects.filter(user=user).delete()

    def get_help_text(self) -> str:
        return _("With a new password, a new API token is needed too.")
