"""Sessions that lack their second factor: ended, or led to get one, before any view is reached.

API tokens are no sessions; `classifier.api.authentication` looks at those.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from classifier.accounts.second_factor import devices

# What somebody may open who must have a second factor and has none yet.
OPEN: Final = frozenset({
    "account-second-factor", "login", "login-code", "logout", "admin:logout", "password-forgotten",
    "password_reset_confirm", "set_language", "javascript-catalog", "healthz", "livez",
    "api:token", "api:schema", "api:docs",
})  # fmt: skip


class SecondFactorMiddleware:
    """Stands after django-otp's own, which knows whose session was begun with a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # Before `request.user` is asked for: then django-otp forgets a device that is gone.
            began_with_code = DEVICE_ID_SESSION_KEY in request.session
            user: Any = request.user
            if user.is_authenticated and not user.is_verified() and (
                # The device was removed; or it came after this session of somebody on the staff.
                began_with_code or (_is_staff(user) and devices.is_on(user))
            ):  # fmt: skip
                logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Lead staff who must have a second factor to where they get one."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user: Any = request.user
        if not user.is_authenticated or user.is_verified() or not devices.is_required(user):
            return None
        return _lead(request)


def _is_staff(user: Any) -> bool:
    return bool(user.is_staff or user.is_superuser)


def _lead(request: HttpRequest) -> HttpResponse:
    page = reverse("account-second-factor")
    # Browsers that open a page name HTML; what scripts ask for is no page.
    if "text/html" not in request.headers.get("Accept", "") or request.path.startswith("/api/"):
        sentence = f"This account needs a second factor first; turn it on at {page}."
        return JsonResponse({"detail": sentence, "message": sentence}, status=403)
    if request.method == "GET":
        page = f"{page}?{urlencode({'next': request.get_full_path()})}"
    return redirect(page)
