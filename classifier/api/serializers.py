"""The API's input and output."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from classifier import wording
from classifier.api.verdicts import DisagreementSerializer, VerdictSerializer
from classifier.models import Listing, ListingPhoto
from classifier.review.labels import (
    FinalLabel,
    LabelSource,
    final_label,
    final_review,
    listing_label,
)


class FinalLabelSerializer(serializers.Serializer[FinalLabel]):
    """The label of a photo or a listing, and who it comes from."""

    main = serializers.CharField(allow_null=True)
    sub = serializers.CharField(allow_null=True)
    said_by = serializers.ChoiceField(list(LabelSource), allow_null=True, source="source")
    confidence = serializers.FloatField(
        allow_null=True, help_text="Of the finest class that the model names; of nobody else."
    )
    words = serializers.CharField()


class ListingLabelSerializer(FinalLabelSerializer):
    """The one label of a listing, from all its photos."""

    contradictory = serializers.BooleanField(
        help_text="Its photos seem to show different pieces; moderators look at them."
    )


class PhotoSerializer(serializers.ModelSerializer[ListingPhoto]):
    """One photo and its tag."""

    # ``label`` is also an attribute of REST framework's own fields, hence the method.
    label = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="The tag as people read it; empty while there is none."
    )
    explanation = serializers.SerializerMethodField(help_text="Why it fell back, in words.")
    final_label = serializers.SerializerMethodField(
        help_text="From a moderator where one has settled it, else the model, else the seller."
    )
    verdict = serializers.SerializerMethodField(
        help_text="What a moderator settled, and why; null while nobody has."
    )
    disagreement = serializers.SerializerMethodField(
        help_text="What you said against it; null unless you did."
    )
    error = serializers.SerializerMethodField(help_text="Why it failed; empty unless it did.")
    model_version = serializers.SlugRelatedField[Any](slug_field="name", read_only=True)
    image = serializers.HyperlinkedIdentityField(view_name="api:photo-image")
    thumbnail = serializers.HyperlinkedIdentityField(view_name="api:photo-thumbnail")

    class Meta:
        model = ListingPhoto
        fields = (
            "id",
            "listing",
            "status",
            "main",
            "sub",
            "main_confidence",
            "sub_confidence",
            "outcome",
            "reason",
            "label",
            "explanation",
            "final_label",
            "verdict",
            "disagreement",
            "error",
            "scores",
            "model_version",
            "original_name",
            "sha256",
            "width",
            "height",
            "created_at",
            "classified_at",
            "image",
            "thumbnail",
        )
        read_only_fields = fields

    def get_label(self, photo: ListingPhoto) -> str:
        return photo.label

    def get_explanation(self, photo: ListingPhoto) -> str:
        return wording.explain(outcome=photo.outcome, reason=photo.reason, main=photo.main)

    @extend_schema_field(FinalLabelSerializer)
    def get_final_label(self, photo: ListingPhoto) -> Any:
        return FinalLabelSerializer(final_label(photo)).data

    @extend_schema_field(VerdictSerializer(allow_null=True))
    def get_verdict(self, photo: ListingPhoto) -> Any:
        review = final_review(photo)
        return VerdictSerializer(review).data if review else None

    @extend_schema_field(DisagreementSerializer(allow_null=True))
    def get_disagreement(self, photo: ListingPhoto) -> Any:
        if not hasattr(photo, "disagreement"):
            return None
        return DisagreementSerializer(photo.disagreement).data

    def get_error(self, photo: ListingPhoto) -> str:
        # A pending photo may carry the note of a postponed attempt, which is for operators.
        return photo.error if photo.status == ListingPhoto.Status.FAILED else ""


class ListingSerializer(serializers.ModelSerializer[Listing]):
    """A listing with all its photos."""

    photos = PhotoSerializer(many=True, read_only=True)
    url = serializers.HyperlinkedIdentityField(view_name="api:listing")
    final_label = serializers.SerializerMethodField(
        help_text="Of moderators where they settled photos, else of the model's pooled scores or "
        "of the seller."
    )

    class Meta:
        model = Listing
        fields: tuple[str, ...] = (
            "id",
            "title",
            "is_draft",
            "created_at",
            "url",
            "final_label",
            "photos",
        )
        read_only_fields = fields

    @extend_schema_field(ListingLabelSerializer)
    def get_final_label(self, listing: Listing) -> Any:
        label = listing_label(listing.photos.all())
        label_data = FinalLabelSerializer(label.label).data
        return {**label_data, "contradictory": label.is_contradictory}


class RefusalSerializer(serializers.Serializer[Any]):
    """A file of an upload that is not kept."""

    position = serializers.IntegerField(help_text="Among the photos of the form, from 0.")
    reason = serializers.CharField(help_text="Its name, and a sentence why.")


class ReceivedSerializer(ListingSerializer):
    """A listing as its upload is answered."""

    refused = RefusalSerializer(many=True, read_only=True)

    class Meta(ListingSerializer.Meta):
        fields = (*ListingSerializer.Meta.fields, "refused")
        read_only_fields = fields


class SameAsSerializer(serializers.ModelSerializer[ListingPhoto]):
    """Another photo with the same content."""

    class Meta:
        model = ListingPhoto
        fields = ("id", "listing")
        read_only_fields = fields


class AddedSerializer(serializers.Serializer[Any]):
    """A photo that was added to a listing."""

    photo = PhotoSerializer()
    same_as = SameAsSerializer(
        allow_null=True, help_text="A photo of yours with the same content, if there is one."
    )


class PhotosField(serializers.ListField):
    """The repeated form field ``photos``; what is inside the files is for intake to check."""

    child = serializers.FileField()
    default_error_messages = {
        "required": "Please send at least one photo, as a file in the form field `photos`.",
        "not_a_file": "`photos` must be files of a multipart form; text came instead.",
    }

    def to_internal_value(self, data: Any) -> list[Any]:
        if not all(isinstance(item, UploadedFile) for item in data):
            self.fail("not_a_file")
        return list(data)


class ChangeSerializer(serializers.Serializer[Listing]):
    """What of a listing can be changed."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    photos = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=1000,
        required=False,
        help_text="The numbers of all its photos in another order; the first is the cover.",
    )
    is_draft = serializers.BooleanField(
        required=False, help_text="False ends a draft; it cannot be made one again."
    )

    def validate_is_draft(self, value: bool) -> bool:
        if value:
            raise serializers.ValidationError("A listing cannot be made a draft again.")
        return value


class DraftSerializer(serializers.Serializer[Listing]):
    """What a draft begins with."""

    title = serializers.CharField(max_length=200, allow_blank=True, default="")


class PhotoUploadSerializer(serializers.Serializer[ListingPhoto]):
    """The form of one photo."""

    photo = serializers.FileField(
        error_messages={"required": "Please send a photo, as a file in the form field `photo`."}
    )


class UploadSerializer(serializers.Serializer[Listing]):
    """The form of an upload: a title, if there is one, and the photos."""

    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    photos = PhotosField()

    def to_internal_value(self, data: Any) -> Any:
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {name: ["There is no such field; expected: title, photos."] for name in unknown}
            )
        return super().to_internal_value(data)
