"""How often somebody may ask. Counted by process, so that no lost cache stops an upload."""

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class UploadThrottle(UserRateThrottle):
    """Uploads by user."""

    scope = "uploads"


class LoginThrottle(AnonRateThrottle):
    """Attempts to sign in, by address."""

    scope = "logins"
