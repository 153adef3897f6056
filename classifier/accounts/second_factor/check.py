"""A code that somebody gives is counted, compared and noted."""

import re
from typing import Any, Final

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice

from classifier.accounts import audit, lockout
from classifier.accounts.second_factor import backup_codes, devices
from classifier.throttles import address_of

_FORM: Final = re.compile(rf"[0-9]{{{devices.APP_DIGITS}}}|[0-9]{{{backup_codes.DIGITS}}}")


class TooManyCodesError(Exception):
    """There were too many wrong codes; this one was not looked at."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"There were too many wrong codes; wait for {seconds} seconds.")


def digits_of(given: str) -> str | None:
    """Return a code without the spaces and hyphens that people type; None if it can be none."""
    code = re.sub(r"[\s-]", "", given)
    return code if _FORM.fullmatch(code) else None


def device_of(request: HttpRequest, user: User, code: str) -> Any:
    """Return the user's device that this code is of; None if it is wrong, or was used before.

    Args:
        code: as `digits_of` returns it.

    Raises:
        TooManyCodesError: if there were too many wrong ones of this account.
    """
    name = user.get_username()
    if not lockout.may_try_code(request, name):
        raise TooManyCodesError(lockout.seconds_left(request, name, lockout.Kind.CODE) or 1)
    device, address = devices.verify(user, code), address_of(request)
    if device is None:
        audit.record("entered a wrong code", by=user, address=address)
        return None
    lockout.code_was_right(request, name)
    if isinstance(device, StaticDevice):
        left = backup_codes.left(user)
        audit.record("used a backup code", by=user, about=f"{left} left", address=address)
    return device
