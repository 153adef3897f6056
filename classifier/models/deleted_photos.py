"""Photos that were deleted, and whose files are still to be removed."""

from django.db import models
from django.utils import timezone


class DeletedPhoto(models.Model):
    """One photo whose row is gone. A task removes its files, and then this row."""

    number = models.BigIntegerField(help_text="Of the photo.")
    image = models.CharField(max_length=200, help_text="Name of its file in the storage.")
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"Deleted photo {self.number}"
