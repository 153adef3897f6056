"""The review figures on the admin's first page."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from classifier.review.quality import charts, dashboard

register = template.Library()


@register.inclusion_tag("admin/classifier/review/_dashboard.html", takes_context=True)
def review_figures(context: dict[str, Any]) -> dict[str, Any]:
    """Show the figures to who may see reviews, and to nobody else anything."""
    user = context["request"].user
    if not user.has_perm("classifier.view_review"):
        return {"figures": None}
    figures = dashboard.figures()
    return {
        "figures": figures,
        "may_review": user.has_perms(("classifier.add_review", "classifier.view_listingphoto")),
        "may_see_quality": user.has_perm("classifier.view_quality"),
        "may_export": user.has_perm("classifier.export_labels"),
        "accuracy": charts.in_words(figures.accuracy) if figures.accuracy else "",
        "accuracy_of_all": charts.in_words(figures.accuracy_of_all)
        if figures.accuracy_of_all
        else "",
        "acceptance": charts.in_words(figures.acceptance) if figures.acceptance else "",
        "days": charts.stacked_days(figures.days),
        "busiest": max((day.total for day in figures.days), default=0),
        "first_day": figures.days[0].day if figures.days else None,
        "last_day": figures.days[-1].day if figures.days else None,
        "overrides": charts.share_rows([(_(sub), share) for sub, share in figures.overrides]),
        "reviewers": charts.count_rows(figures.reviewers),
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
    }
