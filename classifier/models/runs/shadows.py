"""Shadows: candidates that tag a share of live photos silently beside the champion."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from classifier import wording
from classifier.models.constraints import choices, labels_of_taxonomy
from classifier.models.photos import ListingPhoto
from classifier.models.versions import ModelVersion
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES


class Shadow(models.Model):
    """One candidate beside one champion, until enough photos are compared."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        PROMOTED = "promoted", "promoted"
        DROPPED = "dropped", "dropped"
        CALLED_OFF = "called_off", "called off"
        FAILED = "failed", "failed"

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="shadows")
    champion = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    share = models.FloatField(
        validators=[MinValueValidator(0.001), MaxValueValidator(1)],
        help_text="Of live photos, 0 to 1.",
    )
    photos_wanted = models.PositiveIntegerField(
        help_text="The rule is applied once, when so many photos have been tagged by both."
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    loads = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker loaded it since it last tagged a photo."
    )
    message = models.TextField(blank=True, help_text="How it ended, in a sentence.")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state="running"), name="one_running_shadow"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "promoted", "dropped", "called_off", "failed"]),
                name="shadow_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | Q(~Q(state="running"), ~Q(message=""), ended_at__isnull=False),
                name="shadow_that_ended_says_why",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="shadow_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=~Q(version=models.F("champion")), name="shadow_is_of_another_version"
            ),
        ]

    def __str__(self) -> str:
        return _("Shadow %(number)s") % {"number": self.pk}


class ShadowTag(models.Model):
    """What candidate and champion said of one photo; no outcome while it is not scored.

    The row is made before the photo is read, so that one that kills its worker is tried once.
    """

    shadow = models.ForeignKey(Shadow, on_delete=models.CASCADE, related_name="tags")
    photo = models.ForeignKey(ListingPhoto, on_delete=models.CASCADE, related_name="shadow_tags")
    at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=20, choices=wording.OUTCOMES, null=True)
    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)
    champion_outcome = models.CharField(max_length=20, choices=wording.OUTCOMES)
    champion_main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    champion_sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)
    differs = models.BooleanField(null=True, help_text="Whether both decide otherwise.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shadow", "photo"], name="shadow_tags_a_photo_once"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, differs__isnull=True)
                | Q(outcome__isnull=False, differs__isnull=False),
                name="shadow_tag_is_compared",
            ),
            models.CheckConstraint(
                condition=labels_of_taxonomy(), name="shadow_labels_are_of_the_taxonomy"
            ),
        ]

    def __str__(self) -> str:
        return _("Photo %(number)s in %(shadow)s") % {
            "number": self.photo_id,
            "shadow": self.shadow,
        }
