"""Panels that move: what ``live.js`` asks every second and puts into the page."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string


def live_answer(
    request: HttpRequest, *, allowed: bool, template: str, shown: dict[str, Any], unfinished: bool
) -> JsonResponse:
    """Return the panel's HTML, and whether it will move again soon.

    Unlike the admin's own doors it never answers with the sign-in page, which a script would put
    into the panel: 401 for a stranger, 403 for who may not look.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"message": "Sign in again."}, status=401)
    if not allowed:
        return JsonResponse({"message": "You may not watch this."}, status=403)
    return JsonResponse({"unfinished": unfinished, "html": render_to_string(template, shown)})
