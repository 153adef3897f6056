"""How often somebody may ask, counted by all processes together (`slowfashion_ai.cache`)."""

from typing import cast

from django.core.cache import BaseCache, caches
from django.utils.connection import ConnectionProxy
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

# A proxy, as `django.core.cache.cache` is one: each thread has its own connection.
SHARED_CACHE = cast(BaseCache, ConnectionProxy(caches, "shared"))


class RequestThrottle(UserRateThrottle):
    """Requests to the API, by user."""

    cache = SHARED_CACHE


class UploadThrottle(UserRateThrottle):
    """Uploads by user."""

    cache = SHARED_CACHE
    scope = "uploads"


class LoginThrottle(AnonRateThrottle):
    """Attempts to sign in, by address."""

    cache = SHARED_CACHE
    scope = "logins"
