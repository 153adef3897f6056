"""API tokens, which are had for a password and, where there is a second factor, a code."""

from typing import Any

from rest_framework import authentication
from rest_framework.exceptions import PermissionDenied

from classifier.accounts.second_factor import devices


def refuse_if_missing(user: Any) -> None:
    """Refuse staff who must have a second factor and have none.

    Raises:
        PermissionDenied: which is answered with 403.
    """
    if devices.is_missing(user):
        raise PermissionDenied(
            "This account needs a second factor first; turn it on at /account/second-factor/, and "
            "ask for a new token."
        )


class TokenAuthentication(authentication.TokenAuthentication):
    """REST framework's; a token of somebody who lacks a second factor opens nothing."""

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        user, token = super().authenticate_credentials(key)
        refuse_if_missing(user)
        return user, token
