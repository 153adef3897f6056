"""Keeps the embeddings of photos in step with their tags."""

from collections.abc import Mapping, Sequence

from classifier.models import ListingPhoto, ModelVersion, PhotoEmbedding
from classifier.tagging.results import Result, Tagged


def store(
    rows: Sequence[ListingPhoto], result_of: Mapping[int, Result], version: ModelVersion
) -> None:
    """Store the embeddings that came with the tags; call it in the transaction of the tags."""
    made = [
        PhotoEmbedding(photo=row, model_version=version, vector=result.embedding)
        for row in rows
        if isinstance(result := result_of[row.pk], Tagged) and result.embedding
    ]
    PhotoEmbedding.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["photo"],
        update_fields=["model_version", "vector"],
    )
