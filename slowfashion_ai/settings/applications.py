"""What the site is made of, and in which languages it speaks."""

from slowfashion_ai.environment import BASE_DIR
from slowfashion_ai.settings.security import HTTPS

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "classifier",
    "training",
]
MIDDLEWARE = [
    "slowfashion_ai.middleware.request_id.RequestIdMiddleware",
    "slowfashion_ai.middleware.answered_by.AnsweredByMiddleware",
    "slowfashion_ai.middleware.deadline.DeadlineMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "slowfashion_ai.middleware.request_length.RequestLengthMiddleware",
    "slowfashion_ai.middleware.content_security.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "slowfashion_ai.middleware.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "slowfashion_ai.urls"
WSGI_APPLICATION = "slowfashion_ai.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Templates of packages, in our own words; the packages' own come after.
        "DIRS": [BASE_DIR / "classifier" / "overrides"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# The browser's language decides; a choice is kept in a cookie for a year.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("sv", "Svenska")]
# Named here, it comes before the catalogs of packages, which say some of the same texts otherwise.
LOCALE_PATHS = [BASE_DIR / "classifier" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["slowfashion_ai.formats"]
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
