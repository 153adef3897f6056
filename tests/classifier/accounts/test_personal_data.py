"""What is kept of a seller can be given out, and deleted."""

import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from classifier.models import AuditEntry, Listing, ListingPhoto, ModelVersion
from classifier.photos import cleanup
from classifier.review import suggestions
from tests.classifier.listings import tag, uploaded_listing
from tests.classifier.reviewing import review
from tests.scores import some_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def tagged(seller: User, champion: ModelVersion) -> ListingPhoto:
    uploaded_listing(seller, title="Tote in tan leather")
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.96))
    photo = ListingPhoto.objects.get()
    suggestions.suggest(seller=seller, photo=photo, main="Bags", sub="Clutches")
    return photo


def test_an_export_has_the_data_and_the_photos(tagged: ListingPhoto, tmp_path: Path) -> None:
    """And it is noted; a file that is there is not overwritten."""
    file = tmp_path / "seller.zip"
    call_command("export_seller", "seller", str(file))
    with zipfile.ZipFile(file) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read(f"photos/{tagged.pk}.jpg")[:2] == b"\xff\xd8"
    assert data["account"]["name"] == "seller"
    assert data["listings"][0]["title"] == "Tote in tan leather"
    (photo,) = data["listings"][0]["photos"]
    assert photo["tag"] == "Bags › Tote Bags"
    assert photo["your_correction"] == "Bags"
    assert AuditEntry.objects.get().action == "exported a seller's data"
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_seller", "seller", str(file))


def test_a_deletion_leaves_nothing_of_a_seller(
    tagged: ListingPhoto, storage_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, files and account are gone; another seller's are there."""
    other = User.objects.create_user("other")
    uploaded_listing(other)
    monkeypatch.setattr("sys.stdin", StringIO())  # as in a script: nobody is there to be asked
    with pytest.raises(CommandError, match="--yes deletes without asking"):
        call_command("delete_seller", "seller")
    assert User.objects.filter(username="seller").exists()
    call_command("delete_seller", "seller", yes=True)
    assert not User.objects.filter(username="seller").exists()
    assert Listing.objects.get().seller == other
    cleanup.remove_files()
    assert len(list((storage_folder / "media" / "photos").rglob("*.jpg"))) == 1


def test_who_reviewed_loses_the_name_alone(tagged: ListingPhoto, seller: User) -> None:
    """Their reviews of others' photos are the record of what was settled, and stay."""
    seller.is_staff, seller.email = True, "seller@shop.example"
    seller.save()
    number = seller.pk
    review(seller)
    call_command("delete_seller", "seller", yes=True)
    kept = User.objects.get(pk=number)
    assert (kept.username, kept.email, kept.is_active) == (f"deleted-{number}", "", False)


def test_sign_ins_are_noted_with_their_address(client: Client, seller: User) -> None:
    """Not the password, nor what was wrong."""
    client.post("/login/", {"username": "seller", "password": "wrong"})
    client.post("/login/", {"username": "seller", "password": "one that no list has"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.who, entry.address) == ("signed in", "seller", "127.0.0.1")
