"""Tagging again with another champion: how far each such run is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from classifier.models.versions import ModelVersion


class Reclassification(models.Model):
    """A pass over the photos nobody reviewed, to tag them again with the champion.

    ``cursor`` is the last photo handed to a worker; photos are taken in order of their number.
    What a killed worker took along, or could not be read, is met again by the next pass.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    for_embeddings = models.BooleanField(
        default=False, db_default=False,
        help_text="Takes photos without an embedding, whatever version tagged them.",
    )  # fmt: skip
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="Photos to tag when it began.")
    tagged = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Whose tag is another now.")
    passes = models.PositiveSmallIntegerField(
        default=0, help_text="How often it began anew since the last photo was tagged."
    )
    left_over = models.PositiveIntegerField(
        default=0, help_text="Photos that kept another version's tag when it ended."
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at__isnull=True),
                name="one_unfinished_reclassification",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Reclassification with {self.version}"
