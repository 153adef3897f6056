"""Between password and code: whose password was right, kept in a session of five minutes."""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

SECONDS: Final = 300
_KEY: Final = "first-step"


def begin(request: HttpRequest, user: User) -> None:
    """Remember that this browser knows the user's password."""
    # A new key: whoever planted the one before gets nothing by it.
    request.session.cycle_key()
    request.session[_KEY] = {
        "user": user.pk, "hash": user.get_session_auth_hash(), "until": time.time() + SECONDS,
    }  # fmt: skip
    request.session.set_expiry(SECONDS)


def user_of(request: HttpRequest) -> User | None:
    """Return whose password this browser gave; None if that was long ago, or holds no more."""
    step = request.session.get(_KEY)
    if not isinstance(step, dict) or time.time() > step["until"]:
        return None
    user = get_user_model().objects.filter(pk=step["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), step["hash"]):
        return None
    return user


def finish(request: HttpRequest, user: User, device: Any) -> None:
    """Sign in, with the device whose code was right."""
    del request.session[_KEY]
    request.session.set_expiry(None)
    # django-otp writes it into the session as soon as Django has signed the user in.
    user.otp_device = device  # type: ignore[attr-defined]  # django-otp's
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
