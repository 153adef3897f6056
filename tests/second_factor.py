"""An authenticator app and its codes, for tests."""

import time
from typing import Any

from django.contrib.auth.models import User
from django_otp.oath import hotp
from django_otp.plugins.otp_totp.models import TOTPDevice

from classifier.accounts.second_factor import backup_codes


def a_second_factor(user: User) -> list[str]:
    """Turn one on and return its backup codes; sessions and password stay as they are."""
    TOTPDevice.objects.create(user=user, name="app")
    return backup_codes.renew(user)


def code_of(user: User) -> str:
    """Return a code of the app that was not used yet."""
    device = TOTPDevice.objects.get(user=user)
    now = int(time.time()) // device.step + device.drift
    return code_at(device, max(now, device.last_t + 1))


def code_at(device: Any, step: int) -> str:
    return f"{hotp(device.bin_key, step):06}"


def code_for(secret: str) -> str:
    """Return the present code of the secret that a page shows, in hexadecimal."""
    return f"{hotp(bytes.fromhex(secret), int(time.time()) // 30):06}"


def wrong_code(user: User) -> str:
    """Return six digits that are no code of the app, now or within two minutes."""
    device = TOTPDevice.objects.get(user=user)
    now = int(time.time()) // device.step + device.drift
    valid = {code_at(device, now + step) for step in range(-4, 5)}
    return next(f"{n:06}" for n in range(20) if f"{n:06}" not in valid)
