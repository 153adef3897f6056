"""Keys, hosts, TLS, and how long a request may take."""

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Give the environment a long random one, for example from "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
        )
    SECRET_KEY = "only-for-development-with-debug-on"  # noqa: S105  # refused when DEBUG is off
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Behind TLS (HTTPS=on) cookies are secure, plain requests are redirected and HSTS is sent.
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Browsers keep to HSTS for as long as they were told, so it begins with an hour; a year, subdomains
# and browsers' built-in lists are for when all of them are known to speak HTTPS.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRELOAD", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez)$"]
# Neither HSTS_INCLUDE_SUBDOMAINS nor HSTS_PRELOAD can be taken back: the operator chooses them.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"

# How long a request may take in all once its body is here; the proxy waits for 75 seconds.
REQUEST_SECONDS = env.float("REQUEST_SECONDS", default=60)
if not 1 <= REQUEST_SECONDS <= 3600:
    raise ImproperlyConfigured(
        f"REQUEST_SECONDS must lie between 1 and 3600; it is {REQUEST_SECONDS:g}."
    )
