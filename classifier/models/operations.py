"""What processes say of themselves, and what is wrong now; no photo depends on any of it."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

# Nobody can sign in as this seller of test photos.
CANARY_SELLER: Final = "_canary"


class Heartbeat(models.Model):
    """One process that is alive: it writes its row again every few seconds."""

    class Kind(models.TextChoices):
        WORKER = "worker", "worker"
        TRAINER = "trainer", "trainer"
        SCHEDULER = "scheduler", "scheduler"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200, unique=True, help_text="Kind, machine and number.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    model = models.CharField(max_length=200, blank=True, help_text="The version in its memory.")
    engine = models.CharField(max_length=40, blank=True)
    device = models.CharField(max_length=100, blank=True)
    photos = models.PositiveBigIntegerField(default=0, help_text="Dealt with since its start.")
    photos_a_minute = models.FloatField(default=0, help_text="Over the last minutes.")
    stages = models.JSONField(
        default=dict, blank=True, help_text="How long each stage took, counted in buckets."
    )
    last_batch_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("kind", "name")
        permissions = [("view_status", "Can see the status page")]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """What one process at a time may do, such as being the scheduler; the holder renews it."""

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.UUIDField(null=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Alarm(models.Model):
    """Something that is wrong, from when it was first seen until it is well again."""

    check_name = models.CharField(max_length=40)
    sentence = models.TextField(help_text="What is wrong and what to do.")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody was told that it began."
    )
    told_end_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(
                fields=["check_name"], condition=Q(ended_at__isnull=True), name="alarm_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_name} since {self.since:%Y-%m-%d %H:%M}"

    @property
    def name_in_words(self) -> str:
        return _(self.check_name.replace("_", " "))


class Canary(models.Model):
    """One photo of our own that was sent the whole way, to see that it is tagged."""

    listing = models.PositiveBigIntegerField(help_text="Removed once the photo is tagged.")
    sent_at = models.DateTimeField()
    tagged_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Canary of {self.sent_at:%Y-%m-%d %H:%M}"
