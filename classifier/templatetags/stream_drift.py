"""What the stream was like lately, on the admin's first page."""

from typing import Any, Final

from django import template

from classifier.drift import days
from classifier.sentences import in_language

register = template.Library()
MOST_EXAMPLES: Final = 8


@register.inclusion_tag("admin/classifier/drift/_dashboard.html", takes_context=True)
def stream_drift(context: dict[str, Any]) -> dict[str, Any]:
    """Show the last day to who may see models, and examples to who may see photos."""
    user = context["request"].user
    row = days.latest() if user.has_perm("classifier.view_modelversion") else None
    may_see_photos = user.has_perm("classifier.view_listingphoto")
    return {
        "row": row,
        "moved": in_language(row.sentence) if row else "",
        "examples": days.example_photos(row, MOST_EXAMPLES) if row and may_see_photos else [],
    }
