"""Model versions: one champion at most, and a record of every change of champion."""

from typing import Any, Final, Never

from django.conf import settings
from django.db import models
from django.db.models import Q

from classifier.decision import Thresholds

_NEVER_DELETED: Final = "Promotions are the record of what was live when; they are never deleted."


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Model versions."""

    def champions(self) -> "ModelVersionQuerySet":
        """Return the version in production: one, or none yet."""
        return self.filter(state=ModelVersion.State.CHAMPION)


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
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children",
        help_text="The version whose weights this one started from.",
    )  # fmt: skip
    gate = models.JSONField(
        null=True, blank=True, help_text="The gate's verdict and criteria; empty if never judged."
    )
    load_error = models.TextField(
        blank=True, help_text="Why a worker could not load it, the last time one tried."
    )
    load_failed_at = models.DateTimeField(null=True, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        permissions = [
            ("promote_against_gate", "Can promote a model version against the gate"),
            ("set_thresholds", "Can make a model version with other thresholds"),
            ("run_shadow", "Can let a model version tag live photos silently"),
            ("compare_versions", "Can have two model versions judged on the same photos"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="champion"), name="at_most_one_champion"
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

    @property
    def thresholds(self) -> Thresholds:
        """Those of its bundle; the defaults where it names none."""
        given = self.manifest.get("thresholds")
        return Thresholds(**given) if given else Thresholds()

    @property
    def is_against_gate(self) -> bool:
        """Whether the gate said no, and it was never in production all the same."""
        if self.state == self.State.REJECTED:
            return True
        advice = (self.gate or {}).get("verdict")
        return self.state == self.State.CANDIDATE and advice == "reject"

    @property
    def dataset_fingerprint(self) -> str:
        """SHA-256 over the photos and labels it was trained on; empty if the bundle is silent."""
        return str(self.manifest.get("dataset_fingerprint", ""))


class PromotionQuerySet(models.QuerySet["Promotion"]):
    """Promotions; they cannot be deleted."""

    def delete(self) -> Never:
        raise TypeError(_NEVER_DELETED)


class Promotion(models.Model):
    """One change of champion. Rows are only ever added, so any moment's champion can be named."""

    class Trigger(models.TextChoices):
        PERSON = "person", "promoted by a person"
        GATE = "gate", "promoted by the gate"
        SHADOW = "shadow", "promoted by its shadow"
        OVERRIDE = "override", "promoted against the gate"
        ROLLBACK = "rollback", "rolled back to"

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="promotions")
    replaced = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    trigger = models.CharField(max_length=10, choices=Trigger)
    reason = models.TextField(
        blank=True, help_text="Why a person promoted it against the gate, in that person's words."
    )

    objects = PromotionQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(trigger__in=["person", "gate", "shadow", "override", "rollback"]),
                name="promotion_trigger_known",
            ),
            models.CheckConstraint(
                condition=~Q(trigger="override") | ~Q(reason=""),
                name="promotion_against_the_gate_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.get_trigger_display()}"

    def delete(self, *_: Any, **__: Any) -> Never:
        raise TypeError(_NEVER_DELETED)
