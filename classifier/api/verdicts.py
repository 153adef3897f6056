"""What a moderator settled and why, and the seller's one disagreement, in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.models import Disagreement, ListingPhoto, Review
from classifier.photos.receiving import listings
from classifier.review.disagreements import DisagreementError, disagree, is_answered


class VerdictSerializer(serializers.ModelSerializer[Review]):
    """A moderator's verdict, as its seller may read it."""

    words = serializers.CharField(source="label", help_text="The verdict as people read it.")
    why = serializers.SerializerMethodField(help_text="A reason in words; empty if none is given.")

    class Meta:
        model = Review
        fields = ("main", "sub", "words", "because", "why", "note", "at")
        read_only_fields = fields

    def get_why(self, review: Review) -> str:
        return review.get_because_display() if review.because else ""


class DisagreementSerializer(serializers.ModelSerializer[Disagreement]):
    """What the seller said against a verdict; once for each photo."""

    answered = serializers.SerializerMethodField(
        help_text="Whether another moderator has looked at the photo since."
    )

    class Meta:
        model = Disagreement
        fields = ("main", "sub", "note", "at", "answered")
        read_only_fields = fields

    def get_answered(self, row: Disagreement) -> bool:
        return is_answered(row.photo)


class DisagreeSerializer(serializers.Serializer[Any]):
    """What a seller says it is instead, and a line for the moderator; both may be left out."""

    main = serializers.CharField(max_length=20, allow_null=True, default=None)
    sub = serializers.CharField(max_length=20, allow_null=True, default=None)
    note = serializers.CharField(max_length=Review.LONGEST_NOTE, allow_blank=True, default="")


class DisagreeView(generics.GenericAPIView[ListingPhoto]):
    """Puts a photo of yours that a moderator settled before another moderator, once."""

    serializer_class = DisagreeSerializer

    def get_queryset(self) -> Any:
        return listings.own_photos(self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(request=DisagreeSerializer, responses={201: DisagreementSerializer})
    def post(self, request: Request, pk: int) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        photo = self.get_object()
        try:
            row = disagree(
                seller=request.user,  # type: ignore[arg-type]  # IsAuthenticated let nobody else in
                photo=photo,
                **form.validated_data,
            )
        except DisagreementError as error:
            raise ValidationError(str(error)) from error
        return Response(DisagreementSerializer(row).data, 201)
