"""Ten codes for who has no phone at hand; each is good for one sign-in.

django-otp compares what it is given with what it stores, in a field of 16 characters. So it is
given, and stores, a keyed hash: who reads the database alone learns no code.
"""

import base64
import secrets
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

COUNT: Final = 10
# More than an app's code has, so that the two are told apart; digits, since phones show keys of
# digits for both.
DIGITS: Final = 10
_SALT: Final = "classifier.accounts.backup-code"


def hashed(user: User, code: str) -> str:
    """Return what stands for a code in the database: 96 bits of an HMAC under `SECRET_KEY`."""
    digest = salted_hmac(_SALT, f"{user.pk}:{code}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()


def renew(user: User) -> list[str]:
    """Make new codes in place of all before, and return them, as they are never seen again."""
    codes = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" for _ in range(COUNT)]
    with transaction.atomic():
        # The device stays: sessions that began with one of its codes go on.
        device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "backup codes"})
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=hashed(user, code)) for code in codes
        )
    return codes


def left(user: User) -> int:
    """Return how many codes are not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())
