"""The review queue: which photos people should look at, and who has which on the screen."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from classifier.models.constraints import choices, sampling_probability
from classifier.models.photos import ListingPhoto
from classifier.taxonomy import SUBCLASSES


class QueueItem(models.Model):
    """One photo's place in the queue.

    It stays after the photo is settled (``is_open`` is off then): it remembers whether the photo
    was drawn for the sample, and undo opens it again. ``claim`` is new for every showing, so it
    names one photo on one screen once; a verdict is sent with it.
    """

    class Rank(models.IntegerChoices):
        FIRST = 0, "Unknown/Others, blind sample, or another review"
        LATER = 1, "fell back to the main class"

    # The round of a settled photo whose seller disagrees.
    DISAGREED: Final = 4

    photo = models.OneToOneField(ListingPhoto, on_delete=models.CASCADE, related_name="queue_item")
    rank = models.PositiveSmallIntegerField(choices=Rank)
    queued_at = models.DateTimeField(help_text="Since when it waits.")
    sampled = models.BooleanField(
        default=False, help_text="Sampled at random among the confident photos."
    )
    sampling_share = models.FloatField(
        null=True, blank=True, help_text="The sampling probability, 0 to 1."
    )
    blind = models.BooleanField(
        default=False, help_text="What the model said is hidden until the verdict."
    )
    round = models.PositiveSmallIntegerField(
        default=1,
        help_text="1: first verdict. 2: blind second one. 3: the one that settles. "
        "4: the seller disagrees.",
    )
    predicted_sub = models.CharField(
        max_length=20, choices=choices(SUBCLASSES), null=True, blank=True
    )
    informative = models.FloatField(
        default=0, help_text="Informativeness of a label, 0 to 1; 1 for what must not wait."
    )
    is_open = models.BooleanField(default=True)

    claim = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip
    held_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        # Each is the filter and the order of one way to take the next photo, so that a claim
        # reads the first rows of an index however long the queue and the table are.
        indexes = [
            models.Index(
                fields=["rank", "queued_at", "id"], condition=Q(is_open=True), name="queue_oldest"
            ),
            models.Index(
                fields=["-informative", "id"], condition=Q(is_open=True), name="queue_informative"
            ),
            models.Index(
                fields=["id"], condition=Q(is_open=True, round=3), name="queue_third_round"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(round__in=[1, 2, 3, 4]), name="queue_round_known"),
            models.CheckConstraint(
                condition=sampling_probability(), name="queue_probability_only_if_sampled"
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, held_until__isnull=True)
                | Q(claim__isnull=False, held_until__isnull=False, is_open=True),
                name="queue_claim_only_while_open",
            ),
        ]

    def __str__(self) -> str:
        return _("Photo %(number)s in the queue") % {"number": self.photo_id}


class Exclusion(models.Model):
    """A photo that one moderator is not shown: they skipped it, or gave an earlier verdict."""

    class Why(models.TextChoices):
        SKIPPED = "skipped", "skipped"
        REVIEWED = "reviewed", "gave an earlier verdict"

    item = models.ForeignKey(QueueItem, on_delete=models.CASCADE, related_name="exclusions")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    why = models.CharField(max_length=10, choices=Why)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["moderator", "item"], name="exclusion_once")]

    def __str__(self) -> str:
        return _("Not shown to %(moderator)s") % {"moderator": self.moderator}
