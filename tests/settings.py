"""The product's own settings, in a folder of their own, whatever the developer's .env says."""

import os
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="slowfashion-tests-"))

os.environ.update(
    DEBUG="off",
    SECRET_KEY="only-for-tests",
    VAR_DIR=str(_FOLDER),
    # Set where the same tests are to run on another database.
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", f"sqlite:///{_FOLDER / 'db.sqlite3'}"),
    # Nobody listens there: what needs a broker starts one.
    REDIS_URL=f"redis+socket://{_FOLDER / 'redis.sock'}",
    S3_BUCKET="",
    LOG_LEVEL="INFO",
    # Measuring engines takes seconds, and the result differs from machine to machine.
    ENGINE="torch-fp32",
    # A process that loads torch takes seconds; the tests of it ask for it.
    TRIAL_LOAD_MB="0",
    # No photos but those of the tests.
    CANARY_EVERY_SECONDS="0",
)

from slowfashion_ai.settings import *  # noqa: E402, F403  # after the environment is set

# Users are made by the dozen here, and nobody attacks their passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages are rendered without `collectstatic`; WhiteNoise warns of a folder that is not there.
STATIC_ROOT.mkdir()  # noqa: F405  # from the star import
STORAGES["staticfiles"] = {  # noqa: F405  # from the star import
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Real photos come from a fixture; a retraining finds only what a test gives it.
BASE_PHOTOS_DIR = ""
