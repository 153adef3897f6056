"""Retraining: the runs, which photos are held out for ever, and what a version learned from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from classifier.models.reviews import Review
from classifier.models.versions import ModelVersion


class Split(models.TextChoices):
    """What a photo is for. Choose on validation, report on test."""

    TRAIN = "train", "training"
    VALIDATION = "validation", "validation"
    TEST = "test", "test"


def _known_split(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(split__in=["train", "validation", "test"]), name=name)


class SplitAssignment(models.Model):
    """The split that a reviewed photo was given the first time a retraining met it.

    It never changes, so that no later model is judged on what an earlier one was trained on. The
    photo is named by its file's hash: it keeps its split when it is deleted and uploaded again.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    split = models.CharField(max_length=10, choices=Split)
    product = models.CharField(
        max_length=100, db_index=True, help_text="The listing, or what it looks like."
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [_known_split("split_assignment_known")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.split}"


class DatasetReview(models.Model):
    """One review in the dataset of a model version, and the split it had there."""

    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="dataset_reviews"
    )
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="datasets")
    sha256 = models.CharField(max_length=64, help_text="Of the photo's file.")
    split = models.CharField(max_length=10, choices=Split)
    weight = models.FloatField(
        default=1.0,
        help_text="Photos of the stream that it stands for: 1 / sampling probability; 0: none.",
    )

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="dataset_review_sha256")]
        constraints = [
            models.UniqueConstraint(fields=["version", "review"], name="review_once_in_dataset"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="dataset_weight_not_negative"),
            _known_split("dataset_split_known"),
        ]

    def __str__(self) -> str:
        return f"Review {self.review_id} in {self.version_id}"


class RetrainRun(models.Model):
    """One retraining, from the wish for it to the gate's verdict.

    ``owner`` and ``alive_until`` are the lease of the process at work: a process that dies lets it
    pass, and the next one goes on where it stopped. One that lets go of a run leaves no ``owner``.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waits for the trainer"
        RUNNING = "running", "running"
        DONE = "done", "done"
        NOTHING_NEW = "nothing_new", "nothing new"
        CALLED_OFF = "called_off", "called off"
        FAILED = "failed", "failed"

    class Stage(models.TextChoices):
        COLLECT = "collect", "collecting labels"
        TRAIN = "train", "training"
        EVALUATE = "evaluate", "comparing with the champion"
        REGISTER = "register", "registering the candidate"
        PROMOTE = "promote", "deciding"

    class Trigger(models.TextChoices):
        COMMAND = "command", "command"
        ADMIN = "admin", "button"
        SCHEDULE = "schedule", "schedule"

    class Policy(models.TextChoices):
        NEVER = "never", "never promote"
        GATE = "gate", "promote if the gate says so"
        ALWAYS = "always", "promote whatever the gate says"

    class Verdict(models.TextChoices):
        PROMOTED = "promoted", "promoted"
        REJECTED = "rejected", "rejected"
        KEPT = "kept", "kept as a candidate"

    trigger = models.CharField(max_length=10, choices=Trigger)
    policy = models.CharField(max_length=10, choices=Policy, default=Policy.GATE)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage, null=True, blank=True)
    owner = models.UUIDField(null=True, blank=True, editable=False)
    alive_until = models.DateTimeField(null=True, blank=True, editable=False)
    doing = models.CharField(max_length=200, blank=True, help_text="What it does now, in words.")
    progress = models.FloatField(default=0, help_text="Of the present stage, 0 to 1.")

    new_reviews = models.PositiveIntegerField(default=0)
    candidate = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    verdict = models.CharField(max_length=12, choices=Verdict, null=True, blank=True)
    message = models.TextField(blank=True, help_text="How it ended, in a sentence or more.")

    class Meta:
        ordering = ("-id",)
        permissions = [("retrain", "Can start a retraining")]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["queued", "running"]),
                name="one_unfinished_retraining",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[
                    "queued", "running", "done", "nothing_new", "called_off", "failed",
                ]),
                name="retraining_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(
                    state__in=["done", "nothing_new", "called_off", "failed"],
                    finished_at__isnull=False,
                    owner__isnull=True,
                ),
                name="retraining_finished_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(state="done", verdict__isnull=False)
                | Q(~Q(state="done"), verdict__isnull=True),
                name="retraining_done_has_verdict",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1),
                name="retraining_progress_is_a_share",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("Retraining %(number)s") % {"number": self.pk}
