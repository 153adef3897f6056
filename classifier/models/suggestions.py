"""What a seller says a photo shows: weak evidence, never truth."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from classifier.models.constraints import choices, labels_of_taxonomy
from classifier.models.photos import ListingPhoto
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES, label_path


class Suggestion(models.Model):
    """The seller's latest word on one photo."""

    photo = models.OneToOneField(ListingPhoto, on_delete=models.CASCADE, related_name="suggestion")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES))
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        # For how many tags of the last days sellers have corrected.
        indexes = [models.Index(fields=["at"], name="suggestion_at")]
        constraints = [
            models.CheckConstraint(
                condition=labels_of_taxonomy() & Q(main__isnull=False),
                name="suggestion_labels_are_of_the_taxonomy",
            )
        ]

    def __str__(self) -> str:
        return _("What the seller says of photo %(number)s") % {"number": self.photo_id}

    @property
    def label(self) -> str:
        return label_path(self.main, self.sub)
