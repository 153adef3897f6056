"""Where files lie, on disk or in a bucket of S3, and how long data is kept."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env
from slowfashion_ai.settings.folders import VAR_DIR
from slowfashion_ai.settings.security import DEBUG

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
