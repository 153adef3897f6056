"""Short-lived addresses in the storage, so that a photo's bytes do not pass through the site.

Only where browsers reach the storage, by `S3_PUBLIC_URL`. Whoever has such an address sees that
one photo until it ends; who may see it is asked before it is made.
"""

from functools import lru_cache
from typing import Any, Final

from django.conf import settings

# Long enough for a page with many photos on a slow line.
SECONDS: Final = 300


def signed_url(name: str, *, filename: str, cache_control: str) -> str | None:
    """Return an address of a stored JPEG for `SECONDS`; None where the site hands it out itself.

    Args:
        name: in the storage.
        filename: for whoever saves it.
        cache_control: header that the storage is to answer with.
    """
    if not (settings.S3_PUBLIC_URL and settings.S3_BUCKET):
        return None
    folder = settings.STORAGES["default"]["OPTIONS"]["location"]
    url: str = _client(settings.S3_PUBLIC_URL, settings.S3_REGION).generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings.S3_BUCKET, "Key": f"{folder}/{name}",
            "ResponseContentType": "image/jpeg",
            "ResponseContentDisposition": f'inline; filename="{filename}"',
            "ResponseCacheControl": cache_control,
        },
        ExpiresIn=SECONDS,
    )  # fmt: skip
    return url


@lru_cache(maxsize=1)
def _client(endpoint: str, region: str) -> Any:
    """Return a client that signs for the public address; it connects to nothing."""
    # Imported here: a web process that stores files on disk has no use for it.
    import boto3
    from botocore.config import Config

    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=endpoint, region_name=region, config=config)
