"""The lineage of a photo on its admin page: from its tag to the reviews behind it, and back."""

from typing import Any

from django import template

from classifier.models import ListingPhoto
from classifier.versions import lineage

register = template.Library()


@register.inclusion_tag("admin/classifier/models/_photo_lineage.html", takes_context=True)
def photo_lineage(context: dict[str, Any], photo: ListingPhoto | None) -> dict[str, Any]:
    """Show it to who may see model versions, and to nobody else anything."""
    user = context["request"].user
    if photo is None or not user.has_perm("classifier.view_modelversion"):
        return {}
    history = lineage.of_photo(photo)
    return {
        "photo": photo,
        "chain": [
            {"learned": one, "reviews": lineage.by_split(one.reviews)} for one in history.models
        ],
        "learned_by": history.learned_by if user.has_perm("classifier.view_review") else [],
        "may_see_reviews": user.has_perm("classifier.view_review"),
    }
