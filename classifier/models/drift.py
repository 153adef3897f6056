"""What the stream was like, day by day, and whether a day was unlike those before."""

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format

from classifier.models.versions import ModelVersion


class DriftDay(models.Model):
    """The photos that one version tagged on one day, counted."""

    class Reference(models.TextChoices):
        NONE = "", "not compared"
        BUNDLE = "bundle", "the model’s test photos"
        STREAM = "stream", "the days before"

    day = models.DateField()
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="drift_days")
    photos = models.PositiveIntegerField()
    counts = models.JSONField(help_text="Photos by figure and bin (classifier.drift.figures).")
    reference = models.CharField(
        max_length=10, choices=Reference, blank=True, default="", verbose_name="compared with"
    )
    distances = models.JSONField(
        default=dict, help_text="Population stability index of each figure that was compared."
    )
    sentence = models.TextField(blank=True, help_text="What moved; empty if nothing did.")
    examples = models.JSONField(
        default=list, help_text="Numbers of photos that show what moved, the clearest first."
    )

    class Meta:
        ordering = ("-day", "-version")
        constraints = [
            models.UniqueConstraint(fields=["day", "version"], name="drift_day_once"),
            models.CheckConstraint(
                condition=Q(reference__in=["", "bundle", "stream"]), name="drift_reference_known"
            ),
            models.CheckConstraint(condition=Q(photos__gt=0), name="drift_day_has_photos"),
            models.CheckConstraint(
                condition=Q(sentence="") | ~Q(reference=""), name="drift_is_from_a_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.day)}, {self.version}"
