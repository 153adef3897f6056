"""Listings, their photos and what the model said; what must always hold is a constraint."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from classifier import wording
from classifier.decision import Reason
from classifier.models.constraints import choices, labels_of_taxonomy, share
from classifier.models.versions import ModelVersion
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path


class Listing(models.Model):
    """What a seller offers; its photos show one product."""

    # Two indexes begin with the seller as it is; so with the listing of a photo below.
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="listings", db_index=False
    )
    title = models.CharField(max_length=200, blank=True)
    is_draft = models.BooleanField(
        default=False, help_text="Photos are still being sent, or the seller has not said Done."
    )
    draft_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Asked for twice, it is one draft."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="listing_deleted",
            ),
            # A seller's listings, the newest first; counted and turned over by the index alone.
            models.Index(
                fields=["seller", "-id"],
                condition=Q(deleted_at__isnull=True),
                name="listing_by_seller",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "draft_key"], name="one_listing_per_draft_key"
            )
        ]

    def __str__(self) -> str:
        return self.title or _("Listing %(number)s") % {"number": self.pk}


class PhotoQuerySet(models.QuerySet["ListingPhoto"]):
    """Photos, those that their seller has just removed among them."""

    def present(self) -> "PhotoQuerySet":
        """Return those that are not removed, the cover first, as the seller has put them."""
        return self.filter(deleted_at__isnull=True).order_by("position", "id")


class ListingPhoto(models.Model):
    """One photo and what the model said of it.

    A pending row is the record of work to do. ``claim`` and ``claimed_until`` say which worker
    holds it and until when; a worker that dies simply lets that time pass.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "pending"
        CLASSIFIED = "classified", "classified"
        FAILED = "failed", "failed"

    listing = models.ForeignKey(
        Listing, on_delete=models.CASCADE, related_name="photos", db_index=False
    )
    # A plain file: intake has checked that it is a picture, and the model need not do so again.
    image = models.FileField(upload_to="photos/%Y/%m/%d/", max_length=200)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    original_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of the stored file.")
    created_at = models.DateTimeField(auto_now_add=True)
    position = models.PositiveIntegerField(
        default=0, editable=False, help_text="In its listing; the lowest is the cover."
    )
    upload_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Sent twice, it is one photo."
    )
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Removed; it can still be brought back."
    )

    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True, blank=True)
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True, blank=True)
    main_confidence = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    sub_confidence = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    outcome = models.CharField(max_length=20, choices=wording.OUTCOMES, null=True, blank=True)
    reason = models.CharField(max_length=30, choices=wording.REASONS, null=True, blank=True)
    scores = models.JSONField(null=True, blank=True)
    brightness = models.FloatField(
        null=True, blank=True, editable=False, help_text="Mean of the network's input, 0 to 1."
    )
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="photos",
        db_index=False,
    )  # fmt: skip
    classified_at = models.DateTimeField(null=True, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(
                # The order in which `tagging.claimable` reads them.
                fields=["attempts", "id"],
                condition=Q(status="pending"),
                name="photo_pending",
            ),
            models.Index(fields=["outcome", "id"], name="photo_outcome"),
            models.Index(fields=["sub", "id"], name="photo_sub"),
            models.Index(fields=["sha256"], name="photo_sha256"),
            # Files that belong to no photo are looked for by their names.
            models.Index(fields=["image"], name="photo_image"),
            # For the photo table: photos of some days, and those that the model doubted.
            models.Index(fields=["created_at"], name="photo_created_at"),
            *(
                # Not of those without a tag: a claim, which changes none of these, writes a row
                # anew in every index that has it.
                models.Index(
                    fields=[field],
                    condition=Q((f"{field}__isnull", False)),
                    name=f"photo_{field}",
                )
                for field in ("main_confidence", "sub_confidence", "model_version")
            ),
            models.Index(fields=["created_at"], condition=Q(status="failed"), name="photo_failed"),
            # The photo table of those that failed, which are few among the newest.
            models.Index(fields=["id"], condition=Q(status="failed"), name="photo_failed_newest"),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="photo_deleted",
            ),
            # All that the dashboard asks each minute, so that it reads the index alone.
            models.Index(
                fields=["classified_at", "outcome"],
                condition=Q(status="classified"),
                name="photo_classified_at",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "upload_key"], name="one_photo_per_upload_key"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "classified", "failed"]),
                name="photo_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="classified",
                    outcome__isnull=False,
                    main_confidence__isnull=False,
                    sub_confidence__isnull=False,
                    scores__isnull=False,
                    model_version__isnull=False,
                    classified_at__isnull=False,
                )
                | Q(~Q(status="classified"), outcome__isnull=True, model_version__isnull=True),
                name="photo_has_result_when_classified",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error=""), name="photo_says_why_it_failed"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__isnull=True, main__isnull=True, sub__isnull=True, reason__isnull=True
                )
                # "Not null" is said aloud: a CHECK that comes out as NULL would let the row pass.
                | Q(
                    outcome__isnull=False,
                    outcome="unknown",
                    main__isnull=True,
                    sub__isnull=True,
                    reason__isnull=False,
                )
                | Q(
                    outcome__isnull=False,
                    outcome="main_class",
                    main__isnull=False,
                    sub__isnull=True,
                    reason__isnull=False,
                )
                | Q(
                    outcome__isnull=False,
                    outcome="subclass",
                    main__isnull=False,
                    sub__isnull=False,
                    reason__isnull=True,
                ),
                name="photo_outcome_fits_labels",
            ),
            models.CheckConstraint(
                condition=labels_of_taxonomy(),
                name="photo_labels_are_of_the_taxonomy",
            ),
            models.CheckConstraint(
                condition=share("main_confidence") & share("sub_confidence"),
                name="photo_confidences_are_shares",
            ),
            models.CheckConstraint(
                condition=share("brightness"), name="photo_brightness_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=True)
                | Q(reason__in=[reason.value for reason in Reason]),
                name="photo_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(status="pending", claimed_until__isnull=False),
                name="photo_claim_only_while_pending",
            ),
        ]

    def __str__(self) -> str:
        return _("Photo %(number)s") % {"number": self.pk}

    @property
    def label(self) -> str:
        """The tag as people read it; empty while there is none."""
        return label_path(self.main, self.sub) if self.outcome else ""
