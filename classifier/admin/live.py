"""Live panels: the HTML that ``live.js`` polls for and puts into the page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin


def live_answer(
    request: HttpRequest, *, admin: ModelAdmin, template: str, now: Callable[[], dict[str, Any]]
) -> JsonResponse:
    """Return the panel's HTML, and whether to poll again soon: ``now()["unfinished"]``.

    Unlike the admin's own views it never answers with the sign-in page, which a script would put
    into the panel: 401 for a stranger, 403 for who may not view these rows.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"message": _("Sign in again.")}, status=401)
    if not (admin.admin_site.has_permission(request) and admin.has_view_permission(request)):
        return JsonResponse({"message": _("You may not watch this.")}, status=403)
    shown = now()
    html = render_to_string(template, shown)
    return JsonResponse({"unfinished": shown["unfinished"], "html": html})
