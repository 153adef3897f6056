"""What is kept of one seller: given out as a file, or deleted."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from classifier.accounts import audit
from classifier.accounts.second_factor import devices
from classifier.models import AuditEntry, Disagreement, Listing, ListingPhoto, Suggestion
from classifier.models.queries.deletion import delete_listings


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
    with zipfile.ZipFile(file, "x") as archive:
        for _ in _write(archive, user):
            pass
    audit.record("exported a seller's data", by=by, about=user.username)
    return photos_of(user).count()


def stream(user: User) -> Iterator[bytes]:
    """Yield the same file for who asks for their own data, photo by photo as it is written."""
    audit.record("exported a seller's data", by=user, about=user.username)
    return _chunks(user)


def _chunks(user: User) -> Iterator[bytes]:
    written = _Written()
    with zipfile.ZipFile(written, "w") as archive:
        for _ in _write(archive, user):
            yield written.taken()
    yield written.taken()


class _Written(io.RawIOBase):
    """A file that can only be written to; what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece


def photos_of(user: User) -> QuerySet[ListingPhoto]:
    """Return all photos of a seller, those in drafts and removed ones too."""
    return ListingPhoto.objects.filter(listing__seller=user).order_by("id")


def _write(archive: zipfile.ZipFile, user: User) -> Iterator[None]:
    """Write what is kept, one file a step."""
    archive.writestr("data.json", json.dumps(data_of(user), indent=1, ensure_ascii=False))
    yield
    for photo in photos_of(user).iterator():
        try:
            with photo.image.open("rb") as stored:
                archive.writestr(f"photos/{photo.pk}.jpg", stored.read())
        except FileNotFoundError:
            archive.writestr(f"photos/{photo.pk}.missing.txt", "The file is lost.")
        yield


def data_of(user: User) -> dict[str, Any]:
    """Return what is kept of a person, as `data.json` of the export has it."""
    disagreements = dict(Disagreement.objects.filter(seller=user).values_list("photo", "note"))
    suggestions = dict(Suggestion.objects.filter(seller=user).values_list("photo", "main"))
    app = devices.app_of(user)
    return {
        "account": {
            "name": user.username, "first_name": user.first_name, "last_name": user.last_name,
            "email": user.email, "joined": user.date_joined.isoformat(),
            "second_factor_since": app.created_at.isoformat() if app else None,
        },
        "listings": [
            {
                "number": listing.pk, "title": listing.title,
                "created_at": listing.created_at.isoformat(),
                "photos": [
                    _photo(photo, suggestions, disagreements) for photo in listing.photos.all()
                ],
            }
            for listing in Listing.objects.filter(seller=user).prefetch_related("photos")
        ],
        "acts": [
            {"at": entry.at.isoformat(), "action": entry.action, "address": entry.address}
            for entry in AuditEntry.objects.filter(who=user.username)
        ],
    }  # fmt: skip


def _photo(
    photo: ListingPhoto, suggestions: dict[int, str], disagreements: dict[int, str]
) -> dict[str, Any]:
    return {
        "number": photo.pk, "name": photo.original_name, "file": f"photos/{photo.pk}.jpg",
        "created_at": photo.created_at.isoformat(), "status": photo.status, "tag": photo.label,
        "scores": photo.scores, "your_correction": suggestions.get(photo.pk),
        "your_disagreement": disagreements.get(photo.pk),
    }  # fmt: skip


@transaction.atomic
def delete(user: User, *, by: User | None = None) -> int:
    """Delete a seller's listings, photos, corrections and account; return how many photos.

    The files are removed by the task for deleted photos, within seconds. Reviews stay without
    their photo, so that no later model learns from it. An account with reviews or promotions of
    its own loses its name and everything that tells who it was.
    """
    count = photos_of(user).count()
    delete_listings(Listing.objects.filter(seller=user))
    devices.turn_off(user)  # and the API token
    nameless = f"deleted-{user.pk}"
    audit.record("deleted a seller's data", by=by, about=nameless)
    # After that entry: who deletes their own account leaves no name in it either.
    AuditEntry.objects.filter(who=user.username).update(address="")
    audit.rename(user.username, nameless)
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        _make_nameless(user)
    return count


def is_last_administrator(user: User) -> bool:
    """Return whether nobody else could give roles once this account was gone."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def _make_nameless(user: User) -> None:
    user.username, user.email = f"deleted-{user.pk}", ""
    user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
