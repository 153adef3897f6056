"""Model versions: one champion at most, as the database sees to."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ModelVersion(models.Model):
    """A bundle as registered here. Its files lie in the storage ``bundles`` under its name."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", "candidate"
        CHAMPION = "champion", "champion (in production)"
        RETIRED = "retired", "retired"
        REJECTED = "rejected", "rejected"

    name = models.SlugField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    weights_sha256 = models.CharField(max_length=64)
    manifest = models.JSONField(help_text="bundle.json as it was registered.")
    created_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(null=True, blank=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="champion"), name="exactly_one_champion"
            ),
            models.CheckConstraint(
                condition=~Q(state="champion") | Q(promoted_at__isnull=False),
                name="champion_has_promotion_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["candidate", "champion", "retired", "rejected"]),
                name="model_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
