"""What rows are called where a page lists what would be deleted with a photo."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import CASCADE, Model
from django.utils import translation

from classifier.models import (
    Exclusion,
    Guideline,
    Listing,
    ListingPhoto,
    QueueItem,
    Shadow,
    UploadKey,
)

# With their photo, its listing or its place in the queue.
GO_WITH_A_PHOTO = sorted(
    (
        model
        for model in apps.get_app_config("classifier").get_models()
        for field in model._meta.fields
        if field.related_model in (ListingPhoto, Listing, QueueItem)
        and field.remote_field.on_delete is CASCADE
    ),
    key=lambda model: model.__name__,
)
PARTS: dict[str, object] = {
    "photo": ListingPhoto(pk=7), "item": QueueItem(pk=7), "shadow": Shadow(pk=7),
    "guideline": Guideline(label="Boots"), "moderator": User(username="anna"),
    "seller": User(username="sara"),
}  # fmt: skip


def test_all_of_them_are_looked_at() -> None:
    """Else the next test would show nothing."""
    assert {ListingPhoto, QueueItem, Exclusion, UploadKey} < set(GO_WITH_A_PHOTO)


@pytest.mark.parametrize("model", GO_WITH_A_PHOTO, ids=lambda model: model.__name__)
def test_each_is_named_in_swedish(model: type[Model]) -> None:
    """Not with the words of the code."""
    names = {field.name for field in model._meta.fields}
    row = model(pk=7, **{name: part for name, part in PARTS.items() if name in names})
    english = str(row)
    with translation.override("sv"):
        assert str(row) != english
