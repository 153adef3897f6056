"""The API's views; each checks rights and calls one service."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpResponseRedirect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.api.parsers import BoundedJSONParser
from classifier.api.serializers import (
    ChangeSerializer,
    ListingSerializer,
    PhotoSerializer,
    ReceivedSerializer,
    RefusalSerializer,
    UploadSerializer,
)
from classifier.models import Listing, ListingPhoto, Review
from classifier.photos import files
from classifier.photos.access import listings_for, photos_for
from classifier.photos.receiving import intake, listings, upload_keys
from classifier.photos.thumbnails import DamagedFileError
from classifier.review.labels import with_label_parts
from classifier.throttles import UploadThrottle

logger = logging.getLogger(__name__)


class NewestFirst(CursorPagination):
    """Pages by position, which stay fast and complete however many listings there are."""

    ordering = "-id"


def _with_photos(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    return with_label_parts(listings)


def _idempotency_key(request: Request) -> str:
    key: str = request.headers.get("Idempotency-Key", "")
    if not upload_keys.is_valid(key):
        longest = upload_keys.LONGEST
        raise ParseError(f"An Idempotency-Key has at most {longest} printable ASCII characters.")
    return key


class ListingsView(generics.ListAPIView[Listing]):
    """Your listings, newest first; a POST adds one."""

    serializer_class = ListingSerializer
    pagination_class = NewestFirst
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[Listing]:
        return _with_photos(listings_for(self.request.user))

    def get_throttles(self) -> list[Any]:
        if self.request.method == "POST":
            return [UploadThrottle()]
        return super().get_throttles()

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={201: ReceivedSerializer, 400: OpenApiTypes.OBJECT, 503: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        """Store a listing with its photos; they are tagged shortly after.

        What cannot be taken is named in ``refused``; a 400 is the answer if nothing can. Sent again
        under the same `Idempotency-Key`, an upload brings the listing that came of it.
        """
        form = UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        received = intake.receive_listing(
            seller=request.user,  # type: ignore[arg-type]  # IsAuthenticated let nobody else in
            title=form.validated_data["title"],
            uploads=form.validated_data["photos"],
            key=_idempotency_key(request),
        )
        listing = _with_photos(Listing.objects.all()).get(pk=received.listing.pk)
        refused = RefusalSerializer(received.refused, many=True).data
        body = {**self.get_serializer(listing).data, "refused": refused}
        return Response(body, status.HTTP_201_CREATED, headers={"Location": str(body["url"])})


class ListingView(generics.RetrieveAPIView[Listing]):
    """One of your listings with its photos."""

    serializer_class = ListingSerializer
    parser_classes = (BoundedJSONParser, FormParser, MultiPartParser)

    def get_queryset(self) -> QuerySet[Listing]:
        if self.request.method in SAFE_METHODS:
            return _with_photos(listings_for(self.request.user))
        return _with_photos(listings.own_listings(self.request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=ChangeSerializer, responses=ListingSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change the title or the order of the photos, or end a draft: all of it or nothing."""
        listing = self.get_object()
        form = ChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        changes = form.validated_data
        with transaction.atomic():
            if "title" in changes:
                listings.rename(listing, title=changes["title"])
            if "photos" in changes:
                listings.reorder(listing, photos=changes["photos"])
            if "is_draft" in changes:
                listings.finish(listing)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete the listing and its photos; for 30 seconds ``restore`` brings it back."""
        listings.delete(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreView(generics.GenericAPIView[Listing]):
    """Brings back a listing that was deleted just now."""

    serializer_class = ListingSerializer

    def get_queryset(self) -> QuerySet[Listing]:
        return _with_photos(listings.restorable_listings(self.request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        listing = self.get_object()
        listings.restore(listing)
        return Response(self.get_serializer(listing).data)


def _with_tag(photos: QuerySet[ListingPhoto]) -> QuerySet[ListingPhoto]:
    settled = Prefetch("reviews", Review.objects.final())
    return photos.select_related(
        "model_version", "suggestion", "disagreement", "queue_item"
    ).prefetch_related(settled)


class PhotoView(generics.RetrieveAPIView[ListingPhoto]):
    """One of your photos and its tag."""

    serializer_class = PhotoSerializer

    def get_queryset(self) -> QuerySet[ListingPhoto]:
        if self.request.method in SAFE_METHODS:
            return _with_tag(photos_for(self.request.user))
        return listings.own_photos(self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Remove the photo from its listing; for 30 seconds ``restore`` brings it back."""
        listings.remove_photo(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PhotoRestoreView(generics.GenericAPIView[ListingPhoto]):
    """Brings back a photo that was removed just now."""

    serializer_class = PhotoSerializer

    def get_queryset(self) -> QuerySet[ListingPhoto]:
        return _with_tag(listings.restorable_photos(self.request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        photo = self.get_object()
        listings.restore_photo(photo)
        return Response(self.get_serializer(photo).data)


class AnyAccept(BaseContentNegotiation):
    """Serves a JPEG whatever the client accepts; errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser:
        parser: BaseParser = parsers[0]
        return parser

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


@extend_schema(
    responses={
        (200, "image/jpeg"): OpenApiTypes.BINARY,
        302: OpenApiResponse(description="Where the photo is in the storage, for some minutes."),
        404: OpenApiResponse(description="There is no such photo, or its file is lost."),
        503: OpenApiResponse(description="The storage does not answer; see `Retry-After`."),
    }
)
class ImageView(generics.GenericAPIView[ListingPhoto]):
    """The stored photo, a JPEG."""

    content_negotiation_class = AnyAccept
    serializer_class = PhotoSerializer
    # Pages show many at once, and a browser keeps each.
    throttle_classes = ()
    make: Callable[[ListingPhoto], FileResponse | HttpResponseRedirect] = staticmethod(files.whole)

    def get_queryset(self) -> QuerySet[ListingPhoto]:
        return photos_for(self.request.user)

    def get(self, request: Request, pk: int) -> FileResponse | HttpResponseRedirect:
        try:
            return self.make(self.get_object())
        except FileNotFoundError as error:
            raise Http404("The file of this photo is no longer there.") from error
        except DamagedFileError as error:
            logger.error("%s", error, exc_info=error)
            raise Http404("The file of this photo is damaged.") from error


class ThumbnailView(ImageView):
    """The photo made small for lists, a JPEG."""

    make = staticmethod(files.thumbnail)
