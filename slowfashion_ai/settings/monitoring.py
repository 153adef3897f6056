"""Logs, alarms and mail, the canary, and the comparison of days."""

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env
from slowfashion_ai.log_lines import FORMATS, logging_settings

# A photo that waits for longer is an alarm.
OLDEST_PENDING_SECONDS = env.int("OLDEST_PENDING_SECONDS", default=300)
# How often a photo of our own goes the whole way; 0: never.
CANARY_EVERY_SECONDS = env.int("CANARY_EVERY_SECONDS", default=300)
# Where the process `monitor` answers; no stranger should reach it.
MONITOR_ADDRESS = env.str("MONITOR_ADDRESS", default="127.0.0.1:9100")
# A day of so many photos and more is compared with those before; a population stability index above
# this is an alarm; 0: days are not compared.
DRIFT_PHOTOS = env.int("DRIFT_PHOTOS", default=200)
DRIFT_PSI = env.float("DRIFT_PSI", default=0.25)
if DRIFT_PHOTOS < 1 or not 0 <= DRIFT_PSI <= 10:
    raise ImproperlyConfigured(
        "DRIFT_PHOTOS must be at least 1 photo, and DRIFT_PSI lie between 0 (off) and 10; they are "
        f"{DRIFT_PHOTOS} and {DRIFT_PSI:g}."
    )
# Who is told of alarms: mail addresses, and an address that takes JSON.
ALARM_MAIL_TO = env.list("ALARM_MAIL_TO", default=[])
ALARM_WEBHOOK_URL = env.str("ALARM_WEBHOOK_URL", default="")
# `smtp://user:password@host:587/?tls=True`; mails are printed where none is named.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="slowfashion@localhost")
EMAIL_TIMEOUT = 10
LOG_FORMAT = env.str("LOG_FORMAT", default="text")
if LOG_FORMAT not in FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT must be `text` or `json`; it is {LOG_FORMAT!r}.")
LOGGING = logging_settings(form=LOG_FORMAT, level=env.str("LOG_LEVEL", default="INFO"))
