"""`manage.py create_bucket`: make the bucket for photos and bundles, unless it is there."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError
from storages.backends.s3 import S3Storage


class Command(BaseCommand):
    help = (
        "Make the bucket S3_BUCKET where the storage has none of that name. "
        "Example: S3_BUCKET=photos manage.py create_bucket"
    )
    # The checks look at the champion's bundle, which lies in this very bucket.
    requires_system_checks = []

    def handle(self, **_: Any) -> None:
        storage = storages["default"]
        if not isinstance(storage, S3Storage):
            raise CommandError("S3_BUCKET is not set: files are kept on disk, in no bucket.")
        try:
            made = make_bucket(storage)
        except (ClientError, BotoCoreError) as error:
            raise CommandError(
                f"The bucket {storage.bucket_name} cannot be made: {error}"
            ) from error
        self.stdout.write(f"Bucket {storage.bucket_name} {'was made' if made else 'is there'}.")


def make_bucket(storage: S3Storage) -> bool:
    """Return whether the storage's bucket had to be made."""
    client = storage.connection.meta.client
    try:
        client.head_bucket(Bucket=storage.bucket_name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        client.create_bucket(Bucket=storage.bucket_name)
        return True
    return False
