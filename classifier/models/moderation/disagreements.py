"""A seller's disagreement with what a moderator settled: once for each photo."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from classifier.models.constraints import choices, labels_of_taxonomy
from classifier.models.photos import ListingPhoto
from classifier.models.reviews import Review
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path


class Disagreement(models.Model):
    """What a seller says against a review. The row of its photo allows no second one."""

    photo = models.OneToOneField(
        ListingPhoto, on_delete=models.CASCADE, related_name="disagreement"
    )
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)
    note = models.CharField(max_length=Review.LONGEST_NOTE, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=labels_of_taxonomy(), name="disagreement_labels_are_of_the_taxonomy"
            )
        ]

    def __str__(self) -> str:
        return _("The seller's disagreement over photo %(number)s") % {"number": self.photo_id}

    @property
    def label(self) -> str:
        """What the seller says it is; empty where they name no class."""
        return label_path(self.main, self.sub) if self.main else ""
