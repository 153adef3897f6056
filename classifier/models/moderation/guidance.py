"""What moderators go by: a line and example photos for each class, and photos to practise on."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from classifier.models.constraints import choices, labels_of_taxonomy
from classifier.models.photos import ListingPhoto
from classifier.models.reviews import Review
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

LABELS: Final = (
    *choices((*SUBCLASSES, *MAIN_CLASSES)),
    (Review.Verdict.NOT_OURS.value, _("Not one of ours")),
    (Review.Verdict.BAD_PHOTO.value, _("Bad photo")),
)


class Guideline(models.Model):
    """When a photo is of one class; a main class stands for that class with its kind unclear."""

    label = models.CharField(_("class"), max_length=20, choices=LABELS, unique=True)
    text = models.CharField(_("text"), max_length=300, help_text=_("One or two sentences."))

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(label__in=[value for value, _words in LABELS]),
                name="guideline_label_known",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_label_display())


class GuidelineExample(models.Model):
    """A settled photo that shows what a class is; no photo is an example of two."""

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="examples")
    photo = models.OneToOneField(ListingPhoto, on_delete=models.CASCADE, related_name="example_of")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        words = _("%(photo)s as an example of %(guideline)s")
        return words % {"photo": self.photo, "guideline": self.guideline}


class GoldenPhoto(models.Model):
    """A settled photo that newcomers practise on; what is right is the review that settles it."""

    photo = models.OneToOneField(ListingPhoto, on_delete=models.CASCADE, related_name="golden")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return _("Golden: %(photo)s") % {"photo": self.photo}


class PracticeVerdict(models.Model):
    """A newcomer's answer on a golden photo. It helps the person; no model learns from it."""

    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    photo = models.ForeignKey(ListingPhoto, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Review.Verdict)
    main = models.CharField(max_length=20, choices=choices(MAIN_CLASSES), null=True)
    sub = models.CharField(max_length=20, choices=choices(SUBCLASSES), null=True)
    is_right = models.BooleanField(help_text="The same as the review that settled the photo.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["moderator", "photo"], name="practised_once"),
            models.CheckConstraint(
                condition=labels_of_taxonomy(), name="practice_labels_are_of_the_taxonomy"
            ),
        ]

    def __str__(self) -> str:
        words = _("%(moderator)s practised on %(photo)s")
        return words % {"moderator": self.moderator, "photo": self.photo}
