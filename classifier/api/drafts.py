"""A listing sent photo by photo: each request can be repeated, and is done once."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.api.parsers import BoundedJSONParser
from classifier.api.serializers import (
    AddedSerializer,
    DraftSerializer,
    ListingSerializer,
    PhotoUploadSerializer,
)
from classifier.models import Listing
from classifier.photos.receiving import drafts, listings
from classifier.throttles import UploadThrottle

HEADER: Final = "Idempotency-Key"
KEY: Final = OpenApiParameter(
    HEADER,
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="A UUID of your own. A request that comes again with it changes nothing.",
)


def idempotency_key(request: Request) -> UUID:
    """Return the key of a request, bare or in the quotes of a structured header.

    Raises:
        ValidationError: if there is none, or it is no UUID.
    """
    given = request.headers.get(HEADER, "").strip().strip('"')
    try:
        return UUID(given)
    except ValueError as error:
        raise ValidationError({HEADER: [f"The header {HEADER} must be a UUID."]}) from error


class DraftsView(generics.GenericAPIView[Listing]):
    """Begins a listing whose photos follow one by one."""

    serializer_class = ListingSerializer
    parser_classes = (BoundedJSONParser, FormParser, MultiPartParser)
    throttle_classes = (UploadThrottle,)

    @extend_schema(request=DraftSerializer, responses=ListingSerializer, parameters=[KEY])
    def post(self, request: Request) -> Response:
        """Begin a draft; the same key gives the same one. A PATCH of ``is_draft`` ends it."""
        form = DraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        seller: Any = request.user  # IsAuthenticated let nobody else in
        draft = drafts.begin(
            seller=seller, key=idempotency_key(request), title=form.validated_data["title"]
        )
        return Response(self.get_serializer(draft).data, status.HTTP_201_CREATED)


class ListingPhotosView(generics.GenericAPIView[Listing]):
    """Adds a photo to one of your listings."""

    serializer_class = AddedSerializer
    parser_classes = (MultiPartParser,)
    throttle_classes = (UploadThrottle,)

    def get_queryset(self) -> QuerySet[Listing]:
        return listings.own_listings(self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(
        request={"multipart/form-data": PhotoUploadSerializer},
        responses={200: AddedSerializer, 201: AddedSerializer},
        parameters=[KEY],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Store one photo at the end of the listing; 200 if this key was sent before."""
        listing, key = self.get_object(), idempotency_key(request)
        form = PhotoUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        added = drafts.add_photo(listing=listing, upload=form.validated_data["photo"], key=key)
        body = self.get_serializer(added).data
        return Response(body, status.HTTP_201_CREATED if added.is_new else status.HTTP_200_OK)
