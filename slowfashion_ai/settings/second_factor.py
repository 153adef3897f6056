"""Who must have a second factor, and what django-otp is told."""

from typing import Final

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env

# Who must have one: nobody (everybody may), or everybody who can open the admin.
SECOND_FACTOR: Final = env.str("SECOND_FACTOR", default="offered")
if SECOND_FACTOR not in ("offered", "staff"):
    raise ImproperlyConfigured(
        f"SECOND_FACTOR must be `offered` or `staff`; it is {SECOND_FACTOR!r}."
    )
# What apps show beside the name.
OTP_TOTP_ISSUER: Final = "SlowFashion"
# The lock-out counts wrong codes, as it does passwords (decision 19). django-otp's own counts by
# account alone, so whoever has the password could keep the owner out for years.
OTP_TOTP_THROTTLE_FACTOR: Final = 0
OTP_STATIC_THROTTLE_FACTOR: Final = 0
