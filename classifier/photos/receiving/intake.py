"""Stores the photos of an upload, all pending; what is no photo is refused by name."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from classifier import notify
from classifier.models import DeletedPhoto, Listing, ListingPhoto, UploadKey
from classifier.photos.cleaning import (
    CleanPhoto,
    Limits,
    PhotoRefusedError,
    check_size,
    clean_photo,
)
from classifier.photos.decoding_cost import PixelAllowance
from classifier.photos.receiving import upload_keys
from classifier.photos.storage import StorageUnavailableError, must_be_there, storage_errors
from classifier.photos.thumbnails import thumbnail_name
from slowfashion_ai import deadline

logger = logging.getLogger(__name__)

# How long the storage may take for the files of an upload before no further one is begun.
UPLOAD_SECONDS: Final = 20

if TYPE_CHECKING:
    # Generic in the type stubs alone.
    Upload = UploadedFile[bytes]
    Uploads = Sequence[Upload]


class IntakeError(Exception):
    """Nothing of the upload is kept; ``problems`` has one sentence a file, for the seller."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not kept: its position in the upload, from 0, and a sentence why."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Received:
    """A stored listing, and the files of its upload that are not in it."""

    listing: Listing
    refused: list[Refusal]


def photo_limits() -> Limits:
    """Return the limits that the settings name."""
    return Limits(max_bytes=settings.PHOTO_MAX_BYTES, max_pixels=settings.PHOTO_MAX_PIXELS)


def receive_listing(*, seller: User, title: str, uploads: "Uploads", key: str = "") -> Received:
    """Store a listing with its photos, all pending, and notify workers after commit.

    Args:
        key: what the client calls this upload. Sent again under the same key, it brings the
            listing that came of it the first time, though the client saw an error then.

    Raises:
        IntakeError: if there is no photo, too many, or none that can be taken.
        StorageUnavailableError: if the storage does not take a file. Nothing is kept in any case.
    """
    if key and (before := upload_keys.received_before(seller, key)):
        return Received(before.listing, _refusals(before))
    _check_count(len(uploads))
    deadline.restart()  # all of the body is here
    cleaned, refused = _clean_all(uploads)
    listing = Listing(seller=seller, title=title.strip())
    rows = [photo_row(listing, name, photo) for name, photo in cleaned]
    for position, row in enumerate(rows):
        row.position = position
    try:
        store(
            rows,
            [photo for _name, photo in cleaned],
            lambda: _save_rows(listing, rows, key, refused),
        )
    except IntegrityError:
        # The same upload came twice at once, and the other one was quicker.
        if key and (before := upload_keys.received_before(seller, key)):
            return Received(before.listing, _refusals(before))
        raise
    return Received(listing, refused)


def _refusals(before: UploadKey) -> list[Refusal]:
    return [Refusal(**refusal) for refusal in before.refused]


def store(
    rows: list[ListingPhoto], photos: list[CleanPhoto], save_rows: Callable[[], None]
) -> None:
    """Write the photos' files, then their rows; what fails leaves neither.

    Raises:
        StorageUnavailableError: if the storage does not take a file.
    """
    begun: list[ListingPhoto] = []
    try:
        _save_files(rows, photos, begun)
        save_rows()
        logger.info("Received %s, of listing %s.", names_of(rows), rows[0].listing_id)
    except (StorageUnavailableError, deadline.DeadlineError):
        # A storage that hangs would hang for each file: those on a disk alone are removed now.
        _remove_files(begun, at_once=isinstance(default_storage, FileSystemStorage))
        raise
    except BaseException:
        _remove_files(begun, at_once=True)
        raise


def names_of(rows: Iterable[ListingPhoto]) -> str:
    """Return how the log names photos, ``photo 7, photo 8``, so that one is found by its name."""
    return ", ".join(f"photo {row.pk}" for row in rows)


def _save_files(
    rows: list[ListingPhoto], photos: list[CleanPhoto], begun: list[ListingPhoto]
) -> None:
    """Write the photos' files and thumbnails, and to ``begun`` the rows whose files may be there.

    Raises:
        StorageUnavailableError: if the storage does not take one, or is too slow for all.
    """
    must_be_there(default_storage)
    until = time.monotonic() + UPLOAD_SECONDS
    for row, photo in zip(rows, photos, strict=True):
        deadline.check()
        if time.monotonic() > until:
            raise StorageUnavailableError(
                f"It took over {UPLOAD_SECONDS} s for {len(begun)} files."
            )
        begun.append(row)
        with storage_errors(row.image.storage):
            row.image.storage.save(row.image.name, ContentFile(photo.jpeg))
            row.image.storage.save(thumbnail_name(str(row.image)), ContentFile(photo.thumbnail))


def _save_rows(
    listing: Listing, rows: list[ListingPhoto], key: str, refused: list[Refusal]
) -> None:
    # Durable: an outer transaction that fails later would leave the files behind.
    with transaction.atomic(durable=True):
        listing.save()
        ListingPhoto.objects.bulk_create(rows)
        if key:
            upload_keys.remember(key, listing, [asdict(refusal) for refusal in refused])
        # Robust: what goes wrong with the message must not undo what is committed.
        transaction.on_commit(notify.notify_of_upload, robust=True)


def _remove_files(rows: list[ListingPhoto], *, at_once: bool) -> None:
    """Remove the files of rows that were not saved, those cut short by a full disk included.

    What cannot be removed at once is noted for the task that removes the files of deleted photos;
    without a database too, `manage.py remove_orphans` finds it.
    """
    with deadline.without():
        for row in rows:
            _remove_file_of(row, at_once=at_once)


def _remove_file_of(row: ListingPhoto, *, at_once: bool) -> None:
    name = str(row.image)
    try:
        if at_once:
            row.image.storage.delete(name)
            row.image.storage.delete(thumbnail_name(name))
            return
    except Exception:  # one that cannot be removed must not keep the others
        logger.exception("The file %s belongs to no row, and is to be removed later.", name)
    try:
        DeletedPhoto.objects.create(number=0, image=name)
    except DatabaseError:
        logger.exception("The file %s belongs to no row; see manage.py remove_orphans.", name)


def _check_count(count: int) -> None:
    if count == 0:
        raise IntakeError([_("Please send at least one photo.")])
    if count > settings.PHOTOS_PER_LISTING:
        sentence = _("These are %(count)d photos; a listing takes %(most)d at most.")
        raise IntakeError([sentence % {"count": count, "most": settings.PHOTOS_PER_LISTING}])


def _clean_all(uploads: "Uploads") -> tuple[list[tuple[str | None, CleanPhoto]], list[Refusal]]:
    """Clean every upload before any is stored, so that a seller hears of all problems at once.

    Returns names and photos, and what is refused.

    Raises:
        IntakeError: if all are.
    """
    allowance = PixelAllowance(settings.LISTING_MAX_PIXELS)
    cleaned, refused = [], []
    for position, upload in enumerate(uploads):
        try:
            cleaned.append((upload.name, clean_upload(upload, allowance)))
        except PhotoRefusedError as error:
            refused.append(Refusal(position, f"{shown_name(upload.name)}: {in_words(error)}"))
    if not cleaned:
        raise IntakeError([refusal.reason for refusal in refused])
    return cleaned, refused


def in_words(error: PhotoRefusedError) -> str:
    """Return why a file was refused, in the seller's language."""
    return _(error.sentence) % error.values


def clean_upload(upload: "Upload", allowance: PixelAllowance) -> CleanPhoto:
    """Return an uploaded file as it is stored.

    Raises:
        PhotoRefusedError: if it is no photo that can be taken.
    """
    deadline.check()
    limits = photo_limits()
    check_size(upload.size or 0, limits)
    return clean_photo(upload.read(), limits, allowance, with_thumbnail=True)


def shown_name(name: str | None) -> str:
    """Return an uploaded file's name as it is shown and kept: printable, without folders."""
    base = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable()).strip()[:255] or "photo"


def photo_row(listing: Listing, name: str | None, photo: CleanPhoto) -> ListingPhoto:
    """Return the unsaved row of a photo, with the name that its file will have."""
    row = ListingPhoto(
        listing=listing,
        original_name=shown_name(name),
        width=photo.width,
        height=photo.height,
        sha256=hashlib.sha256(photo.jpeg).hexdigest(),
    )
    # The stored name is ours alone: nothing of the seller's file name reaches the storage.
    row.image = row.image.field.generate_filename(row, f"{uuid4().hex}.jpg")
    return row
