"""Who has a second factor, who must have one, and its beginning and end."""

from typing import Any, Final

import django_otp
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from rest_framework.authtoken.models import Token

from classifier.accounts.second_factor import backup_codes

APP_DIGITS: Final = 6


def app_of(user: User | AnonymousUser) -> Any:
    """Return the app's device (a `TOTPDevice`), confirmed; None without a second factor."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()


def is_on(user: User | AnonymousUser) -> bool:
    """Return whether signing in takes a code."""
    return bool(TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists())


def is_required(user: User | AnonymousUser) -> bool:
    """Return whether somebody must have one, as the setting `SECOND_FACTOR` says."""
    return settings.SECOND_FACTOR == "staff" and (user.is_staff or user.is_superuser)


def is_missing(user: User | AnonymousUser) -> bool:
    """Return whether somebody must have one and has none."""
    return is_required(user) and not is_on(user)


def new_key() -> str:
    """Return a new secret for an app: 20 random bytes, in hexadecimal."""
    return str(random_hex(20))


def unsaved_app(user: User, key: str) -> Any:
    """Return a `TOTPDevice` with this secret that is not stored; it knows the app's address."""
    return TOTPDevice(user=user, name="app", key=key)


@transaction.atomic
def turn_on(user: User, *, key: str, code: str, password: str) -> tuple[Any, list[str]] | None:
    """Store the app's secret and make backup codes, if the code shows that the app has the secret.

    All sessions and API tokens end: they were had without a code.

    Args:
        password: the user's own. It is hashed anew, which is what ends the sessions.

    Returns:
        The device and the backup codes; None if the code is wrong.
    """
    # Locked, so that two at once do not both turn it on.
    User.objects.select_for_update().get(pk=user.pk)
    if is_on(user):
        return None
    device = unsaved_app(user, key)
    device.save()
    if not device.verify_token(code):
        device.delete()
        return None
    user.set_password(password)
    user.save(update_fields=["password"])
    return device, backup_codes.renew(user)


def verify(user: User, code: str) -> Any:
    """Return the device that this code is of, and use the code up; None if it is no valid code.

    Each code is taken once, also if it is sent twice at the same moment.
    """
    if len(code) == APP_DIGITS:
        device, token = app_of(user), code
    else:
        device = StaticDevice.objects.filter(user_id=user.pk, confirmed=True).first()
        token = backup_codes.hashed(user, code)
    return django_otp.verify_token(user, device.persistent_id, token) if device else None


@transaction.atomic
def turn_off(user: User) -> bool:
    """Remove app and backup codes; return whether there was a second factor.

    Sessions that began with a code of them end with their next request, and API tokens at once.
    """
    was_on = is_on(user)
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user_id=user.pk).delete()
    Token.objects.filter(user_id=user.pk).delete()
    return was_on
