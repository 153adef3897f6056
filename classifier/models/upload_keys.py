"""Uploads that may be sent again: the same key brings the same listing and no second one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from classifier.models.photos import Listing


class UploadKey(models.Model):
    """The key that a client gave one upload, and the listing that came of it."""

    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    refused = models.JSONField(default=list, help_text="What of the upload was not taken.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="upload_key_once_a_seller")
        ]

    def __str__(self) -> str:
        return _("Key of an upload of %(seller)s") % {"seller": self.seller}
