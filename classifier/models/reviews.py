"""Reviews: who said what a photo shows, when, and what the model had said.

Rows are only ever added. Undo adds a row that voids an older one; of the older row nothing but
its two flags may change, and a trigger in the database refuses everything else.
"""

from typing import Any, Final, Never

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from classifier import wording
from classifier.models.constraints import choices, labels_of_taxonomy, sampling_probability, share
from classifier.models.photos import ListingPhoto
from classifier.models.versions import ModelVersion
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path

# What tells whether the model's tag was right.
_COMPARED: Final = ("verdict", "main", "sub", "predicted_main", "predicted_sub")


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews; they cannot be deleted."""

    def delete(self) -> Never:
        raise TypeError("Reviews are never deleted; undo them, which adds a row that voids them.")

    def final(self) -> "ReviewQuerySet":
        """Return those that settle their photo: at most one each."""
        return self.filter(is_final=True)

    def of_present_photos(self) -> "ReviewQuerySet":
        """Return those whose photo is there, and not removed by its seller."""
        return self.filter(
            photo__isnull=False,
            photo__deleted_at__isnull=True,
            photo__listing__deleted_at__isnull=True,
        )

    def verdicts(self) -> "ReviewQuerySet":
        """Return verdicts that were not undone, of every round."""
        return self.filter(voided=False, voids__isnull=True)


class Review(models.Model):
    """One moderator's verdict on one photo, or the undoing of one.

    Rounds 1 to 3 are the queue's: a first verdict, a blind second one, and the one that settles
    what these two disagree about. From `FIRST_DIRECT_ROUND` on they are verdicts on photos that a
    moderator chose, or that its seller disagreed about; each replaces what stood before it.
    """

    FIRST_DIRECT_ROUND: Final = 4
    LONGEST_NOTE: Final = 200

    class Verdict(models.TextChoices):
        SUBCLASS = "subclass", "subclass"
        MAIN_CLASS = "main_class", "main class only"
        NOT_OURS = "not_ours", "not one of ours"
        BAD_PHOTO = "bad_photo", "bad photo"
        UNDONE = "undone", "undone"

    class Source(models.TextChoices):
        QUEUE = "queue", "queue"
        BULK = "bulk", "from a list or the grid"
        DIRECT = "direct", "chosen by a person"
        DISAGREED = "disagreed", "the seller disagreed"

    # Given in the queue, one after the other.
    FROM_THE_QUEUE: Final = (Source.QUEUE, Source.DISAGREED)

    class Because(models.TextChoices):
        """Why a photo got no class, as its seller reads it."""

        OTHER_GOODS = "other_goods", _("It shows goods that we do not sell.")
        PACKAGING = "packaging", _("It shows packaging, a label or a receipt alone.")
        NO_ITEM = "no_item", _("It shows people or a place, and no item.")
        SEVERAL = "several", _("It shows several different things.")
        DARK = "dark", _("It is too dark or too bright.")
        BLURRED = "blurred", _("It is blurred.")
        PART = "part", _("It shows a part of the item alone.")
        SMALL = "small", _("The item is too small on it.")
        COVERED = "covered", _("Text or other things cover the item.")

    BECAUSE: Final = {
        Verdict.NOT_OURS: (
            Because.OTHER_GOODS, Because.PACKAGING, Because.NO_ITEM, Because.SEVERAL,
        ),
        Verdict.BAD_PHOTO: (
            Because.DARK, Because.BLURRED, Because.PART, Because.SMALL, Because.COVERED,
        ),
    }  # fmt: skip

    # A deleted photo takes its file and row with it; who decided what about it stays on record.
    photo = models.ForeignKey(
        ListingPhoto, on_delete=models.SET_NULL, null=True, related_name="reviews"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )
    at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(null=True, help_text="How long the photo was on the screen.")
    key = models.UUIDField(unique=True, help_text="Of one showing: sent twice, it counts once.")
    source = models.CharField(max_length=10, choices=Source, default=Source.QUEUE)
    round = models.PositiveSmallIntegerField(default=1)
    sampled = models.BooleanField(default=False)
    sampling_share = models.FloatField(
        null=True, help_text="The sampling probability of the photo; empty if it was not sampled."
    )
    blind = models.BooleanField(default=False)

    verdict = models.CharField(max_length=10, choices=Verdict)
    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)

    because = models.CharField(
        max_length=20, choices=Because, blank=True, default="", help_text="For the seller."
    )
    note = models.CharField(
        max_length=LONGEST_NOTE, blank=True, default="", help_text="One line for the seller."
    )

    # What the model had said, as it was then.
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    predicted_outcome = models.CharField(max_length=20, choices=wording.OUTCOMES, null=True)
    predicted_main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    predicted_sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)
    predicted_main_confidence = models.FloatField(null=True)
    predicted_sub_confidence = models.FloatField(null=True)

    is_final = models.BooleanField(default=False, help_text="This verdict settles the photo.")
    voided = models.BooleanField(default=False, help_text="A later row undid this one.")
    voids = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="voided_by"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        permissions = [
            ("view_quality", "Can see the quality page of the reviews"),
            ("export_labels", "Can export confirmed labels"),
            ("overrule_review", "Can settle anew what another moderator has settled"),
        ]
        indexes = [
            models.Index(fields=["moderator", "at"], name="review_by_moderator"),
            models.Index(fields=["at"], name="review_at"),
            models.Index(fields=["at"], condition=Q(is_final=True), name="review_final"),
            # The rare ones that accuracy is counted from, with all that it asks of them.
            models.Index(
                fields=[
                    "id",
                    "is_final",
                    "model_version",
                    "sampling_share",
                    "source",
                    "predicted_outcome",
                    *_COMPARED,
                ],
                condition=Q(sampled=True, blind=True),
                name="review_blind_sample",
            ),
            models.Index(
                fields=["id", "source", *_COMPARED],
                condition=Q(is_final=True, predicted_outcome="subclass"),
                name="review_of_confident_tag",
            ),
            models.Index(
                fields=["photo"], condition=Q(is_final=True, round__gte=4), name="review_direct"
            ),
            models.Index(fields=["photo"], condition=Q(round=2), name="review_second"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["photo"], condition=Q(is_final=True), name="one_final_review_per_photo"
            ),
            models.UniqueConstraint(
                fields=["photo", "round"],
                condition=Q(voided=False, voids__isnull=True),
                name="one_verdict_per_photo_and_round",
            ),
            models.CheckConstraint(
                condition=Q(is_final=False) | Q(Q(voided=False, voids__isnull=True), ~Q(round=2)),
                name="review_final_only_as_a_verdict",
            ),
            models.CheckConstraint(
                condition=Q(verdict="subclass", main__isnull=False, sub__isnull=False)
                | Q(verdict="main_class", main__isnull=False, sub__isnull=True)
                | Q(verdict__in=["not_ours", "bad_photo"], main__isnull=True, sub__isnull=True)
                | Q(verdict="undone", main__isnull=True, sub__isnull=True),
                name="review_verdict_fits_labels",
            ),
            models.CheckConstraint(
                condition=Q(verdict="undone", voids__isnull=False, voided=False)
                | Q(~Q(verdict="undone"), voids__isnull=True),
                name="review_undone_names_what_it_voids",
            ),
            models.CheckConstraint(
                condition=labels_of_taxonomy(), name="review_labels_are_of_the_taxonomy"
            ),
            models.CheckConstraint(
                condition=Q(because="")
                | Q(
                    verdict="not_ours",
                    because__in=["other_goods", "packaging", "no_item", "several"],
                )
                | Q(
                    verdict="bad_photo", because__in=["dark", "blurred", "part", "small", "covered"]
                ),
                name="review_because_fits_verdict",
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="review_round_known"),
            models.CheckConstraint(
                condition=sampling_probability(), name="review_probability_only_if_sampled"
            ),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=0),
                name="review_seconds_not_negative",
            ),
            models.CheckConstraint(
                condition=share("predicted_main_confidence") & share("predicted_sub_confidence"),
                name="review_confidences_are_shares",
            ),
        ]

    def __str__(self) -> str:
        words = _("Photo %(number)s: %(label)s")
        return words % {"number": self.photo_id, "label": wording.in_words(self.label)}

    @property
    def label(self) -> str:
        """The verdict in English, as `wording.in_words` takes it."""
        if self.verdict in (self.Verdict.SUBCLASS, self.Verdict.MAIN_CLASS):
            return label_path(self.main, self.sub)
        return self.Verdict(self.verdict).label.capitalize()

    def delete(self, *_: Any, **__: Any) -> Never:
        raise TypeError("Reviews are never deleted; undo them, which adds a row that voids them.")
