"""Django's settings of a storage on the tests' S3 server."""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config


def s3_storage(server: Mapping[str, str], *, folder: str) -> dict[str, Any]:
    """Return an entry of ``STORAGES``; ``server`` is what the fixture ``s3`` gives."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": server["S3_BUCKET"],
            "endpoint_url": server["S3_ENDPOINT_URL"],
            "access_key": server["AWS_ACCESS_KEY_ID"],
            "secret_key": server["AWS_SECRET_ACCESS_KEY"],
            "region_name": "us-east-1",
            "location": folder,
            "file_overwrite": False,
            "client_config": Config(connect_timeout=3, retries={"total_max_attempts": 1}),
        },
    }
