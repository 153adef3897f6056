"""A photo and a confidence as HTML for tables of the admin."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from classifier import wording
from classifier.models import ListingPhoto


def thumbnail(photo: ListingPhoto, height: int) -> SafeString:
    """Return the photo at ``height`` pixels, linked to the whole one."""
    return format_html(
        '<a href="{}" target="_blank"><img src="{}" alt="{}" loading="lazy" '
        'style="height:{}px;width:auto;max-width:none;border-radius:4px"></a>',
        reverse("api:photo-image", args=[photo.pk]),
        reverse("api:photo-thumbnail", args=[photo.pk]),
        photo.original_name or "photo",
        height,
    )


def confidence(share: float | None) -> SafeString:
    """Return a confidence as text that stays on one line; a dash while there is none."""
    return format_html('<span style="white-space:nowrap">{}</span>', wording.percent(share) or "–")
