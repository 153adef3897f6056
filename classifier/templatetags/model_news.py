"""Alarms, the champion and the next retraining on the admin's first page."""

from typing import Any, Final

from django import template
from django.core.cache import cache
from django.utils.translation import gettext as _

from classifier import retraining
from classifier.models import ModelVersion, Review
from classifier.models.queries.row_counts import EXACT_UP_TO, count_up_to
from classifier.versions import registry

register = template.Library()
KEPT_SECONDS: Final = 60
_NEXT_RUN: Final = "next-retraining"


def _may(context: dict[str, Any], *rights: str) -> bool:
    """Return whether the person before the page has one of these rights."""
    user = context["request"].user
    return any(user.has_perm(f"classifier.{right}") for right in rights)


@register.inclusion_tag("admin/classifier/models/_alarms.html", takes_context=True)
def model_alarms(context: dict[str, Any]) -> dict[str, Any]:
    """Show each person the alarms of what they may see."""
    alarms = []
    if _may(context, "view_modelversion"):
        alarms.append(not_loaded(registry.champion()))
    if _may(context, "retrain", "view_retrainrun"):
        alarms.append(retraining.missing_trainer())
    return {"alarms": [alarm for alarm in alarms if alarm]}


@register.inclusion_tag("admin/classifier/models/_news.html", takes_context=True)
def model_news(context: dict[str, Any]) -> dict[str, Any]:
    """Show the model at work and the next retraining, to who may see them."""
    may_see_models = _may(context, "view_modelversion")
    may_see_retraining = _may(context, "retrain", "view_retrainrun")
    return {
        "may_see_models": may_see_models,
        "may_see_retraining": may_see_retraining,
        "champion": registry.champion() if may_see_models else None,
        "next_run": _next_run() if may_see_retraining else None,
    }


def _next_run() -> retraining.NextRun:
    """Return when the next retraining comes; at most a minute old where there are many reviews.

    It compares all reviews with all that were learned from.
    """
    if count_up_to(Review.objects.all(), EXACT_UP_TO) < EXACT_UP_TO:
        return retraining.next_run()
    known: retraining.NextRun | None = cache.get(_NEXT_RUN)
    if known is None:
        known = retraining.next_run()
        cache.set(_NEXT_RUN, known, KEPT_SECONDS)
    return known


def not_loaded(champion: ModelVersion | None) -> str:
    """Return what it means that a worker could not load the champion; empty when all is well."""
    if champion is None or not champion.load_error:
        return ""
    words = _(
        "The champion %(champion)s could not be loaded. %(error)s Workers go on with the model "
        "that they have; one that starts now has none. Repair the bundle, or roll back."
    )
    return words % {"champion": champion, "error": champion.load_error}
