"""How often somebody may ask, counted by all processes together (`slowfashion_ai.cache`)."""

from typing import Any, cast

from django.core.cache import BaseCache, caches
from django.http import HttpRequest
from django.utils.connection import ConnectionProxy
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

# A proxy, as `django.core.cache.cache` is one: each thread has its own connection.
SHARED_CACHE = cast(BaseCache, ConnectionProxy(caches, "shared"))


class RequestThrottle(UserRateThrottle):
    """Requests to the API, by user."""

    cache = SHARED_CACHE


class UploadThrottle(UserRateThrottle):
    """Uploads by user."""

    cache = SHARED_CACHE
    scope = "uploads"


class ExportThrottle(UserRateThrottle):
    """Files with all that is kept of somebody, by user."""

    cache = SHARED_CACHE
    scope = "exports"


class LoginThrottle(SimpleRateThrottle):
    """Attempts to sign in, by address, whoever is signed in there already."""

    cache = SHARED_CACHE
    scope = "logins"

    def get_cache_key(self, request: Request, view: Any) -> str:  # noqa: ARG002  # REST framework's
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def address_of(request: HttpRequest) -> str:
    """Return the client's address; a proxy's word for it counts where there is one of ours."""
    # REST framework reads META alone, which both kinds of request have.
    return LoginThrottle().get_ident(request) or ""  # type: ignore[arg-type]
