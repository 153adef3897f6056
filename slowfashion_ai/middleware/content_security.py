"""The Content-Security-Policy header.

Django has this from version 6.0 on; until then these few lines do what we need, and a package
would bring more settings than they have lines.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER: Final = "Content-Security-Policy"

# Our own pages: nothing inline, nothing from elsewhere. ``blob:`` is the preview of a photo that
# is about to be sent.
_STRICT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Unfold is built on Alpine.js, which evaluates the expressions in its markup and sets styles.
_ADMIN: Final = _STRICT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
)


class ContentSecurityMiddleware:
    """Adds the policy that fits the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, _policy(request))
        return response


def _policy(request: HttpRequest) -> str:
    match = request.resolver_match
    policy = _ADMIN if match is not None and match.app_name == "admin" else _STRICT
    if not settings.S3_PUBLIC_URL:
        return policy
    # Photos come from there.
    there = urlsplit(settings.S3_PUBLIC_URL)
    return policy.replace("img-src 'self'", f"img-src 'self' {there.scheme}://{there.netloc}")
