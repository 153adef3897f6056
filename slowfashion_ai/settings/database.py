"""SQLite, or what DATABASE_URL names."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env
from slowfashion_ai.settings.folders import VAR_DIR

# How long PostgreSQL works on one statement and waits for one lock; `migrate` takes its time.
DATABASE_STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", default=30)
DATABASE_LOCK_SECONDS = env.int("DATABASE_LOCK_SECONDS", default=10)
# A path in a URL would be cut at the first # or ?, so only what is given as a URL is read as one.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
DATABASES: dict[str, Any] = {
    "default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _sqlite
}
# Kept from one request or task to the next: a new one costs as much as several queries.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
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
