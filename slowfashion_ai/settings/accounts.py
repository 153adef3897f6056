"""How people sign in, and what their passwords must be."""

from slowfashion_ai.environment import env

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "listings"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "classifier.accounts.lockout.TokensEndWithPassword"})
AUTHENTICATION_BACKENDS = ["classifier.accounts.lockout.LockoutBackend"]
# Whether sellers may make accounts by themselves; a platform that has users brings its own.
SIGN_UP = env.bool("SIGN_UP", default=False)
# How long a link for a new password can be used.
PASSWORD_RESET_TIMEOUT = 3600
