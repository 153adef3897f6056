"""The endpoint that gives API tokens."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import Throttled
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.accounts import lockout
from classifier.accounts.second_factor import check, devices
from classifier.api.authentication import refuse_if_missing
from classifier.api.parsers import BoundedJSONParser
from classifier.throttles import LoginThrottle

TOO_MANY = "There were too many attempts to sign in to this account."


class TokenSerializer(AuthTokenSerializer):
    """Name and password; of who has a second factor a code of the app too, or a backup code."""

    otp = serializers.CharField(
        required=False,
        write_only=True,
        max_length=32,
        help_text="A code of your app, or a backup code; if your account has a second factor.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        user = attrs["user"]
        refuse_if_missing(user)
        if devices.is_on(user):
            self._check(user, attrs.get("otp", ""))
        return attrs

    def _check(self, user: Any, given: str) -> None:
        code = check.digits_of(given)
        if code is None:
            raise serializers.ValidationError(
                {"otp": "This account has a second factor: send a code of the app as `otp`."}
            )
        try:
            device = check.device_of(self.context["request"]._request, user, code)
        except check.TooManyCodesError as error:
            raise Throttled(error.seconds, TOO_MANY) from error
        if device is None:
            raise serializers.ValidationError(
                {"otp": "This code is wrong, too old, or was used before."}
            )


class TokenView(ObtainAuthToken):
    """Exchange a name and password for a token; send it as ``Authorization: Token …``."""

    # None: a request with a valid token would be throttled as its user, not as a stranger.
    authentication_classes = ()
    throttle_classes = (LoginThrottle,)
    parser_classes = (FormParser, MultiPartParser, BoundedJSONParser)
    serializer_class = TokenSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        name = request.data.get("username") if isinstance(request.data, Mapping) else None
        # REST framework's request stands for Django's, whose META is all that is read.
        if isinstance(name, str) and (wait := lockout.seconds_left(request._request, name)):
            raise Throttled(wait, TOO_MANY)
        return super().post(request, *args, **kwargs)
