"""What the trainer is asked to do besides retraining."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from classifier.models.versions import ModelVersion


class TrainerJob(models.Model):
    """One short piece of work for the trainer, from the wish for it to its result.

    ``owner`` and ``alive_until`` are the lease of the process at work: a process that dies lets it
    pass, and the next one begins anew. ``result`` is JSON whose form depends on the kind.
    """

    class Kind(models.TextChoices):
        PROMISES = "promises", "what each promise comes to"
        THRESHOLDS = "thresholds", "a version with other thresholds"
        COMPARISON = "comparison", "two versions on the same photos"

    class State(models.TextChoices):
        QUEUED = "queued", "waits for the trainer"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=12, choices=Kind)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="jobs")
    other = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text="What the version is compared with.",
    )  # fmt: skip
    arguments = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    owner = models.UUIDField(null=True, blank=True, editable=False)
    alive_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True, help_text="What it does now, in words.")
    progress = models.FloatField(default=0, help_text="0 to 1.")
    message = models.TextField(blank=True, help_text="How it ended, in a sentence.")
    result = models.JSONField(null=True, blank=True)
    made = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="made_by_job"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["promises", "thresholds", "comparison"]),
                name="trainer_job_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="comparison", other__isnull=False)
                | Q(~Q(kind="comparison"), other__isnull=True),
                name="trainer_job_compares_two",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False, owner__isnull=True),
                name="trainer_job_finished_fits_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(message=""), name="trainer_job_says_why_it_failed"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1),
                name="trainer_job_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"Job {self.pk}"
