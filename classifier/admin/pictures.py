"""A photo and a confidence as HTML for tables of the admin."""

from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from classifier import wording
from classifier.models import ListingPhoto

_IN_A_ROW: Final = "height:{}px;width:auto;max-width:none"
# No wider than a phone.
_ON_ITS_PAGE: Final = "max-height:{}px;width:auto;max-width:100%"


def thumbnail(photo: ListingPhoto, height: int, *, in_a_row: bool = True) -> SafeString:
    """Return the photo at ``height`` pixels, linked to the whole one."""
    style = (_IN_A_ROW if in_a_row else _ON_ITS_PAGE).format(height)
    return format_html(
        '<a href="{}" target="_blank"><img src="{}" alt="{}" loading="lazy" '
        'style="{};border-radius:4px"></a>',
        reverse("api:photo-image", args=[photo.pk]),
        reverse("api:photo-thumbnail", args=[photo.pk]),
        photo.original_name or _("photo"),
        style,
    )


def confidence(share: float | None) -> SafeString:
    """Return a confidence as text that stays on one line; a dash while there is none."""
    return format_html('<span style="white-space:nowrap">{}</span>', wording.percent(share) or "–")
