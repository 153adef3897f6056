"""What is kept of one seller: given out as a file, or deleted."""

import json
import zipfile
from pathlib import Path
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError
from rest_framework.authtoken.models import Token

from classifier.accounts import audit
from classifier.models import AuditEntry, Listing, ListingPhoto, Suggestion


class NoSuchSellerError(Exception):
    """There is no account of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name!r}. The admin's page Users lists all names.")


def account(name: str) -> User:
    """Return the account of this name.

    Raises:
        NoSuchSellerError: if there is none.
    """
    user = User.objects.filter(username=name).first()
    if user is None:
        raise NoSuchSellerError(name)
    return user


def export(user: User, file: Path, *, by: User | None = None) -> int:
    """Write a ZIP file with ``data.json`` and the photos; return how many photos.

    Raises:
        FileExistsError: if there is such a file; nothing is overwritten.
    """
    photos = ListingPhoto.objects.filter(listing__seller=user).order_by("id")
    with zipfile.ZipFile(file, "x") as archive:
        archive.writestr("data.json", json.dumps(_data(user), indent=1, ensure_ascii=False))
        for photo in photos.iterator():
            try:
                with photo.image.open("rb") as stored:
                    archive.writestr(f"photos/{photo.pk}.jpg", stored.read())
            except FileNotFoundError:
                archive.writestr(f"photos/{photo.pk}.missing.txt", "The file is lost.")
    audit.record("exported a seller's data", by=by, about=user.username)
    return photos.count()


def _data(user: User) -> dict[str, Any]:
    suggestions = dict(Suggestion.objects.filter(seller=user).values_list("photo", "main"))
    return {
        "account": {
            "name": user.username, "first_name": user.first_name, "last_name": user.last_name,
            "email": user.email, "joined": user.date_joined.isoformat(),
        },
        "listings": [
            {
                "number": listing.pk, "title": listing.title,
                "created_at": listing.created_at.isoformat(),
                "photos": [_photo(photo, suggestions) for photo in listing.photos.all()],
            }
            for listing in Listing.objects.filter(seller=user).prefetch_related("photos")
        ],
        "acts": [
            {"at": entry.at.isoformat(), "action": entry.action, "address": entry.address}
            for entry in AuditEntry.objects.filter(who=user.username)
        ],
    }  # fmt: skip


def _photo(photo: ListingPhoto, suggestions: dict[int, str]) -> dict[str, Any]:
    return {
        "number": photo.pk, "name": photo.original_name, "file": f"photos/{photo.pk}.jpg",
        "created_at": photo.created_at.isoformat(), "status": photo.status, "tag": photo.label,
        "scores": photo.scores, "your_correction": suggestions.get(photo.pk),
    }  # fmt: skip


@transaction.atomic
def delete(user: User, *, by: User | None = None) -> int:
    """Delete a seller's listings, photos, corrections and account; return how many photos.

    The files are removed by the task for deleted photos, within seconds. Reviews stay without
    their photo, so that no later model learns from it. An account with reviews or promotions of
    its own loses its name and everything that tells who it was.
    """
    photos = ListingPhoto.objects.filter(listing__seller=user)
    count = photos.count()
    Listing.objects.filter(seller=user).delete()
    Token.objects.filter(user=user).delete()
    AuditEntry.objects.filter(who=user.username).update(who=f"deleted-{user.pk}", address="")
    LogEntry.objects.filter(object_repr=user.username).update(object_repr=f"deleted-{user.pk}")
    audit.record("deleted a seller's data", by=by, about=f"deleted-{user.pk}")
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        _make_nameless(user)
    return count


def _make_nameless(user: User) -> None:
    user.username, user.email = f"deleted-{user.pk}", ""
    user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
