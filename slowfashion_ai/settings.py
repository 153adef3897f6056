"""Settings, read from the environment; README.md lists every variable.

Without any variable this is a safe single machine: DEBUG off, SQLite, files on disk, the embedded
Redis. `make run` switches DEBUG on.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from slowfashion_ai.cache import redis_location
from slowfashion_ai.environment import BASE_DIR, env
from slowfashion_ai.log_lines import FORMATS, logging_settings

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

# --- Security -------------------------------------------------------------------------------

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

# --- Applications ---------------------------------------------------------------------------

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
    "slowfashion_ai.middleware.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
# The browser's language decides; a choice is kept in a cookie for a year.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("sv", "Svenska")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["slowfashion_ai.formats"]
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -------------------------------------------------------------------------------

# How long PostgreSQL works on one statement and waits for one lock; `migrate` takes its time.
DATABASE_STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", default=30)
DATABASE_LOCK_SECONDS = env.int("DATABASE_LOCK_SECONDS", default=10)
# A path in a URL would be cut at the first # or ?, so only what is given as a URL is read as one.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
DATABASES: dict[str, Any] = {
    "default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _sqlite
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    _database_folder = Path(DATABASES["default"]["NAME"]).parent
    try:
        # SQLite makes the file, but not the folder it lies in.
        _database_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The database's folder {_database_folder} cannot be made ({error.strerror}). Set "
            "VAR_DIR to a folder that can be written to, or DATABASE_URL to a database."
        ) from error
    # IMMEDIATE takes the write lock when a transaction begins, so two claims never overlap.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # libpq would wait for ever for a server that takes connections and never answers.
    _given = DATABASES["default"].get("OPTIONS", {})
    # Nor for a lock, nor a server for a program that stands still amid a transaction.
    _timeouts = {
        "statement_timeout": DATABASE_STATEMENT_SECONDS,
        "lock_timeout": DATABASE_LOCK_SECONDS,
        "idle_in_transaction_session_timeout": 120,
    }
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "options": " ".join(f"-c {name}={seconds}s" for name, seconds in _timeouts.items()),
        **_given,
    }

# --- Files ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="") or None
S3_REGION = env.str("S3_REGION", default="us-east-1")
# Where browsers reach the storage; photos then leave by short-lived signed addresses there.
S3_PUBLIC_URL = env.str("S3_PUBLIC_URL", default="").rstrip("/")
if S3_PUBLIC_URL and not S3_PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        f"S3_PUBLIC_URL must be an address such as https://photos.example.com; it is "
        f"{S3_PUBLIC_URL!r}."
    )


def _storage(folder: str) -> dict[str, Any]:
    """A private folder of the bucket where S3_BUCKET is set, else a folder on disk."""
    if not S3_BUCKET:
        location = VAR_DIR / folder
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": location, "base_url": None},
        }
    # Imported here: on a machine without S3 it would only slow the start.
    from botocore.config import Config

    # botocore's own minutes of patience are longer than a request or a claim lasts.
    patience = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL,
            "region_name": S3_REGION,
            "location": folder,
            "file_overwrite": False,
            "client_config": patience,
        },
    }


STORAGES = {
    "default": _storage("media"),
    "bundles": _storage("bundles"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Where a worker keeps bundles that it fetched from remote storage.
BUNDLE_CACHE_DIR = Path(env.str("BUNDLE_CACHE_DIR", default=str(VAR_DIR / "bundle-cache")))
# What runs the network in a worker: `auto` measures at its start, else one engine's name.
ENGINES = (
    "torch-fp32", "torch-bf16", "torch-fp16", "openvino-f32", "openvino-bf16", "onnxruntime-f32",
)  # fmt: skip
ENGINE = env.str("ENGINE", default="auto")
if ENGINE not in ("auto", *ENGINES):
    raise ImproperlyConfigured(
        f"ENGINE must be `auto` or one of {', '.join(ENGINES)}; it is {ENGINE!r}."
    )
# Memory for the trial load of a bundle before it is promoted; 0 leaves the trial out.
TRIAL_LOAD_MB = env.int("TRIAL_LOAD_MB", default=4096)

# --- Photos and tags ------------------------------------------------------------------------

PHOTO_MAX_BYTES = env.int("PHOTO_MAX_BYTES", default=20 * 1024 * 1024)
PHOTO_MAX_PIXELS = env.int("PHOTO_MAX_PIXELS", default=60_000_000)
# Of all photos of a listing together; of a JPEG, a quarter of them is counted.
LISTING_MAX_PIXELS = env.int("LISTING_MAX_PIXELS", default=400_000_000)
PHOTOS_PER_LISTING = env.int("PHOTOS_PER_LISTING", default=24)
CLASSIFY_BATCH_SIZE = env.int("CLASSIFY_BATCH_SIZE", default=64)
# A claim that is older belongs to a dead worker.
CLAIM_LEASE = timedelta(seconds=env.int("CLAIM_LEASE_SECONDS", default=120))
# How long reading and decoding the files of a batch may take, and all of its way; a worker whose
# batch takes longer hangs, and ends to be started anew.
READ_SECONDS = env.int("READ_SECONDS", default=90)
BATCH_SECONDS = env.int("BATCH_SECONDS", default=300)
# How long a worker that was told to stop may take; Docker kills it after 60 seconds.
STOP_SECONDS = env.int("STOP_SECONDS", default=45)
CLASSIFY_MAX_ATTEMPTS = env.int("CLASSIFY_MAX_ATTEMPTS", default=5)
SWEEP_EVERY_SECONDS = env.int("SWEEP_EVERY_SECONDS", default=10)

# --- Monitoring -----------------------------------------------------------------------------

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
# How long listings are kept with their photos, and drafts that nobody finished; 0: for ever.
LISTINGS_KEEP_DAYS = env.int("LISTINGS_KEEP_DAYS", default=0)
DRAFTS_KEEP_DAYS = env.int("DRAFTS_KEEP_DAYS", default=0)
if min(LISTINGS_KEEP_DAYS, DRAFTS_KEEP_DAYS) < 0:
    raise ImproperlyConfigured(
        "LISTINGS_KEEP_DAYS and DRAFTS_KEEP_DAYS must be days, or 0 to keep for ever; they are "
        f"{LISTINGS_KEEP_DAYS} and {DRAFTS_KEEP_DAYS}."
    )
# How long it is kept who signed in, exported and deleted.
AUDIT_KEEP_DAYS = env.int("AUDIT_KEEP_DAYS", default=365)
# Who is told of alarms: mail addresses, and an address that takes JSON.
ALARM_MAIL_TO = env.list("ALARM_MAIL_TO", default=[])
ALARM_WEBHOOK_URL = env.str("ALARM_WEBHOOK_URL", default="")
# `smtp://user:password@host:587/?tls=True`; mails are printed where none is named.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="slowfashion@localhost")
EMAIL_TIMEOUT = 10
# Whether sellers may make accounts by themselves; a platform that has users brings its own.
SIGN_UP = env.bool("SIGN_UP", default=False)
# How long a link for a new password can be used.
PASSWORD_RESET_TIMEOUT = 3600

# --- Review queue ---------------------------------------------------------------------------


def _share(name: str, default: float) -> float:
    value = float(env.float(name, default=default))
    if not 0 <= value <= 1:
        raise ImproperlyConfigured(f"{name} must lie between 0 and 1; it is {value}.")
    return value


# How long a photo stays on a screen that has fallen silent.
REVIEW_CLAIM_LEASE = timedelta(seconds=env.int("REVIEW_CLAIM_SECONDS", default=60))
# Of the confident photos, the share that moderators see blind, so that accuracy can be known.
REVIEW_SAMPLE_SHARE = _share("REVIEW_SAMPLE_SHARE", default=0.02)
# Of the settled photos, the share that a second moderator sees blind.
REVIEW_SECOND_SHARE = _share("REVIEW_SECOND_SHARE", default=0.0)
# Moderators with fewer verdicts get photos to practise on. 0: nobody does.
REVIEW_NEWCOMER_VERDICTS = env.int("REVIEW_NEWCOMER_VERDICTS", default=100)
if REVIEW_NEWCOMER_VERDICTS < 0:
    raise ImproperlyConfigured(
        f"REVIEW_NEWCOMER_VERDICTS must be 0 or more; it is {REVIEW_NEWCOMER_VERDICTS}."
    )
# "oldest" (unknown first, then main-class fallbacks, each by age) or "informative".
REVIEW_ORDER = env.str("REVIEW_ORDER", default="oldest")
if REVIEW_ORDER not in ("oldest", "informative"):
    raise ImproperlyConfigured(
        f"REVIEW_ORDER must be `oldest` or `informative`; it is {REVIEW_ORDER!r}."
    )

# --- Retraining -----------------------------------------------------------------------------

# A run whose process has been silent for longer belongs to a dead process.
RETRAIN_LEASE = timedelta(seconds=env.int("RETRAIN_LEASE_SECONDS", default=120))
if RETRAIN_LEASE.total_seconds() < 1:
    raise ImproperlyConfigured("RETRAIN_LEASE_SECONDS must be at least 1; some minutes are usual.")
# What it takes for the automatic retraining: new reviews, and hours since the last one. 0: none.
RETRAIN_MIN_NEW = env.int("RETRAIN_MIN_NEW", default=200)
RETRAIN_EVERY_HOURS = env.int("RETRAIN_EVERY_HOURS", default=0)
# The stream in which figures count everything and promises hold: per cent of items, near photos
# (of a main class, of none of its subclasses) and others.
STREAM_MIX = env.str("STREAM_MIX", default="85,10,5")
# What the gate goes by: how many reviews a wrong tag is worth, and how much worse a candidate may
# be: dearer in per cent of the champion's cost, the rest in points.
GATE_WRONG_TAG_COST = env.float("GATE_WRONG_TAG_COST", default=10)
GATE_COST_MARGIN = env.float("GATE_COST_MARGIN", default=5)
GATE_RECALL_MARGIN = env.float("GATE_RECALL_MARGIN", default=10)
GATE_COVERAGE_MARGIN = env.float("GATE_COVERAGE_MARGIN", default=15)
GATE_REJECTION_MARGIN = env.float("GATE_REJECTION_MARGIN", default=5)
GATE_OVERCONFIDENCE_MARGIN = env.float("GATE_OVERCONFIDENCE_MARGIN", default=3)
if not 1 <= GATE_WRONG_TAG_COST <= 1000:
    raise ImproperlyConfigured(
        f"GATE_WRONG_TAG_COST must lie between 1 and 1000 reviews; it is {GATE_WRONG_TAG_COST:g}."
    )
for _name in ("COST", "RECALL", "COVERAGE", "REJECTION", "OVERCONFIDENCE"):
    _margin = locals()[f"GATE_{_name}_MARGIN"]
    if not 0 <= _margin <= 100:
        raise ImproperlyConfigured(
            f"GATE_{_name}_MARGIN must lie between 0 and 100; it is {_margin:g}."
        )
# The photos that models were trained on before there were reviews, in Main/Subclass/ folders.
# One folder, or several separated as in PATH.
BASE_PHOTOS_DIR = env.str("PHOTOS_DIR", default="")

# --- Celery ---------------------------------------------------------------------------------

EMBEDDED_REDIS_SOCKET = VAR_DIR / "redis.sock"
# Quoted: Celery takes a URL apart at ; ? and #.
_socket_url = f"redis+socket://{quote(os.fsencode(EMBEDDED_REDIS_SOCKET))}"
REDIS_URL = env.str("REDIS_URL", default=_socket_url)
CELERY_BROKER_URL = REDIS_URL
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What all web processes count together, such as uploads a minute.
    "shared": {
        "BACKEND": "slowfashion_ai.cache.SharedCache",
        "LOCATION": redis_location(REDIS_URL),
        "KEY_PREFIX": "slowfashion",
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
    },
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {
    "classifier.tasks.classify_photos": {"queue": "classification"},
    "classifier.tasks.show_where_it_looked": {"queue": "classification"},
    # Apart, so that no fresh photo's message ever stands behind one of these.
    "classifier.tasks.reclassify_photos": {"queue": "reclassification"},
    "classifier.tasks.shadow_photos": {"queue": "reclassification"},
    "training.tasks.retrain": {"queue": "training"},
    "training.tasks.do_job": {"queue": "training"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not hold up an upload: the sweep sends another message.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,  # of one message; a worker that lost the broker connects again for ever
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULER = "classifier.operations.scheduler:LeasedScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "classifier.tasks.sweep_photos", "schedule": SWEEP_EVERY_SECONDS},
    "remove-files": {"task": "classifier.tasks.remove_files", "schedule": SWEEP_EVERY_SECONDS},
    # Less often: while no trainer runs, every message stays in the queue until one does.
    "sweep-retraining": {
        "task": "classifier.tasks.sweep_retraining",
        "schedule": 3 * SWEEP_EVERY_SECONDS,
    },
    "remove-orphans": {
        "task": "classifier.tasks.remove_orphans",
        "schedule": crontab(hour="3", minute="30"),
    },
    "measure-drift": {
        "task": "classifier.tasks.measure_drift",
        "schedule": crontab(hour="0", minute="20"),
    },
    "decide-shadow": {
        "task": "classifier.tasks.decide_shadow",
        "schedule": 3 * SWEEP_EVERY_SECONDS,
    },
    # At the full hour, as `next_run` says.
    "consider-retraining": {
        "task": "classifier.tasks.consider_retraining",
        "schedule": crontab(minute="0"),
    },
}

# --- API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "classifier.api.errors.answer",
    "DEFAULT_THROTTLE_CLASSES": ["classifier.throttles.RequestThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": "6000/min",
        "uploads": f"{env.int('UPLOADS_PER_MINUTE', default=600)}/min",
        "exports": "6/hour",
        "logins": f"{env.int('LOGINS_PER_MINUTE', default=30)}/min",
    },
    # How many proxies of ours stand in front: their X-Forwarded-For is believed, no other.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=1 if HTTPS else 0),
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "multipart",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SlowFashion AI",
    "DESCRIPTION": "Send listing photos, read their tags.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
}
UNFOLD = {
    "SITE_TITLE": "SlowFashion AI",
    "SITE_HEADER": "SlowFashion AI",
    "SITE_SYMBOL": "checkroom",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("classifier/icon.svg"),
        }
    ],
    "STYLES": [
        lambda _request: static("classifier/admin/without_script.css"),
        lambda _request: static("classifier/admin/accessible.css"),
    ],
    "SCRIPTS": [lambda _request: static("classifier/admin/accessible.js")],
    # The green of the seller's pages, from its lightest tint to its darkest shade.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .012 165)",
            "100": "oklch(94.5% .025 165)",
            "200": "oklch(89% .045 164)",
            "300": "oklch(81% .065 163)",
            "400": "oklch(71% .08 163)",
            "500": "oklch(58% .085 163)",
            "600": "oklch(42% .07 163)",
            "700": "oklch(37% .06 163)",
            "800": "oklch(32% .05 163)",
            "900": "oklch(27% .04 163)",
            "950": "oklch(20% .03 163)",
        }
    },
}

# --- Logging --------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
if LOG_FORMAT not in FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT must be `text` or `json`; it is {LOG_FORMAT!r}.")
LOGGING = logging_settings(form=LOG_FORMAT, level=env.str("LOG_LEVEL", default="INFO"))
