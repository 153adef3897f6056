"""The admin: what staff see of photos and models, and what each may do."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Listing, ListingPhoto, ModelVersion
from classifier.photos import cleanup
from classifier.versions import registry, storage
from tests.classifier.listings import fail, only_photo, tag, uploaded_listing
from tests.scores import some_scores

pytestmark = pytest.mark.django_db

PHOTOS = "/admin/classifier/listingphoto/"
VERSIONS = "/admin/classifier/modelversion/"


@pytest.fixture
def candidate(champion: ModelVersion) -> ModelVersion:
    """A second version beside the champion, with the same weights."""
    version = ModelVersion.objects.create(
        name="candidate", weights_sha256=champion.weights_sha256, manifest=champion.manifest
    )
    files = storage.bundle_storage()
    for name in ("bundle.json", "weights.safetensors"):
        with files.open(f"{champion.name}/{name}") as file:
            files.save(f"candidate/{name}", file)
    return version


def test_sellers_have_no_business_in_the_admin(client: Client, seller: User) -> None:
    """A stranger is sent to sign in; a signed-in seller is told that it is not for them."""
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/login/?next=/admin/"
    client.force_login(seller)
    assert client.get(PHOTOS, follow=True).status_code == 403


def test_the_menu_leads_to_the_account_page(client: Client, moderator: User) -> None:
    """Password, address and second factor are changed there, and no password anywhere else."""
    client.force_login(moderator)
    assert '<a href="/account/"' in client.get("/admin/").content.decode()
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"


def test_the_table_of_photos_shows_and_filters_what_was_said(
    client: Client, moderator: User, seller: User, champion: ModelVersion
) -> None:
    """Tag and confidences are in the table; filters and search narrow it down."""
    uploaded_listing(seller, title="Certain")
    uploaded_listing(seller, title="Doubtful")
    tag(
        champion,
        some_scores("Bags", 0.98, "Tote Bags", 0.96),
        some_scores("Shoes", 0.9, "Boots", 0.2),
    )
    client.force_login(moderator)

    def shown(**query: str) -> str:
        return client.get(PHOTOS, query).content.decode()

    assert "Bags › Tote Bags" in shown()
    assert "96 %" in shown()
    for query in (
        {"outcome__exact": "subclass"},
        {"main__exact": "Bags"},
        {"q": "Certain"},
        {"sub__exact": "Tote Bags"},
    ):
        assert "Certain" in shown(**query)
        assert "Doubtful" not in shown(**query)
    assert "Certain" in shown(q="seller", status__exact="classified")
    assert "Certain" not in shown(status__exact="failed")


def test_the_table_needs_few_queries(
    client: Client,
    moderator: User,
    seller: User,
    champion: ModelVersion,
    django_assert_max_num_queries: Any,
) -> None:
    """The number of queries does not grow with the number of photos."""
    for _ in range(12):
        uploaded_listing(seller)
    tag(champion, *[some_scores()] * 12)
    client.force_login(moderator)
    with django_assert_max_num_queries(12):
        client.get(PHOTOS)


def test_what_the_model_said_cannot_be_edited(
    client: Client, boss: User, seller: User, champion: ModelVersion
) -> None:
    """Even a superuser only looks: the page has no field, and a post is refused."""
    photo = only_photo(uploaded_listing(seller))
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.96))
    client.force_login(boss)

    page = client.get(f"{PHOTOS}{photo.pk}/change/").content.decode()
    assert "Tote Bags 96 %" in page
    assert 'name="main"' not in page
    assert client.post(f"{PHOTOS}{photo.pk}/change/", {"main": "Shoes"}).status_code == 403
    assert client.get(f"{PHOTOS}add/").status_code == 403
    assert client.get(f"{VERSIONS}{champion.pk}/change/").status_code == 200


def test_failed_photos_are_tried_again(
    client: Client, moderator: User, seller: User, champion: ModelVersion
) -> None:
    """A moderator makes failed photos pending once more, and only those."""
    good, bad = only_photo(uploaded_listing(seller)), None
    tag(champion, some_scores())
    bad = only_photo(uploaded_listing(seller))
    fail(champion, "The storage did not answer.")
    client.force_login(moderator)

    answer = client.post(
        PHOTOS, {"action": "try_again", "_selected_action": [good.pk, bad.pk]}, follow=True
    )
    assert "1 photo will be tried again." in answer.content.decode()
    statuses = dict(ListingPhoto.objects.values_list("pk", "status"))
    assert statuses == {good.pk: "classified", bad.pk: "pending"}


@pytest.mark.django_db(transaction=True)
def test_trying_again_notifies_workers_once(
    client: Client, moderator: User, seller: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a broker each message leaves a line in the log, and there is one."""
    photo = only_photo(uploaded_listing(seller))
    ListingPhoto.objects.update(status="failed", error="The disk was full.")
    client.force_login(moderator)
    caplog.clear()
    client.post(PHOTOS, {"action": "try_again", "_selected_action": [photo.pk]})
    assert caplog.text.count("pending photos wait for the next sweep") == 1


def test_trying_again_needs_the_permission(
    client: Client, onlooker: User, seller: User, champion: ModelVersion
) -> None:
    """Who may only look is not offered the action, and cannot send it either."""
    photo = only_photo(uploaded_listing(seller))
    fail(champion, "The storage did not answer.")
    client.force_login(onlooker)

    assert "try_again" not in client.get(PHOTOS).content.decode()
    client.post(PHOTOS, {"action": "try_again", "_selected_action": [photo.pk]})
    photo.refresh_from_db()
    assert photo.status == "failed"


def test_a_listing_shows_its_photos(
    client: Client, boss: User, seller: User, champion: ModelVersion
) -> None:
    """The page of a listing has a thumbnail and the tag of each photo."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores())
    client.force_login(boss)

    page = client.get(f"/admin/classifier/listing/{listing.pk}/change/").content.decode()
    assert f"/api/v1/photos/{only_photo(listing).pk}/thumbnail/" in page
    assert "Bags › Tote Bags" in page
    assert "Tote in tan leather" in client.get("/admin/classifier/listing/").content.decode()


def test_promotion_asks_first_and_records_who(
    client: Client, boss: User, candidate: ModelVersion, champion: ModelVersion
) -> None:
    """The first click asks, the second promotes; a roll back leads back the same way."""
    client.force_login(boss)
    promote = f"{VERSIONS}{candidate.pk}/promote/"

    assert "Promote this model?" in client.get(promote).content.decode()
    assert registry.champion() == champion

    answer = client.post(promote, {"_form_submitted": "on"})
    assert answer["HX-Redirect"] == VERSIONS
    candidate.refresh_from_db()
    assert (candidate.state, candidate.promoted_by) == ("champion", boss)
    assert "candidate is the champion now." in client.get(VERSIONS).content.decode()

    client.post(f"{VERSIONS}roll_back/", {"_form_submitted": "on"})
    assert registry.champion() == champion


def test_a_damaged_model_is_not_promoted(
    client: Client, boss: User, candidate: ModelVersion, champion: ModelVersion
) -> None:
    """What workers could not load is not promoted, and the page says which file is wrong."""
    storage.bundle_storage().delete("candidate/weights.safetensors")
    client.force_login(boss)

    client.post(f"{VERSIONS}{candidate.pk}/promote/", {"_form_submitted": "on"})
    assert registry.champion() == champion
    assert "weights.safetensors" in client.get(VERSIONS).content.decode()


def test_promotion_needs_the_permission(
    client: Client, onlooker: User, candidate: ModelVersion, champion: ModelVersion
) -> None:
    """Who may only look at models can neither promote nor roll back."""
    client.force_login(onlooker)
    for path in (f"{candidate.pk}/promote/", "roll_back/"):
        answer = client.post(f"{VERSIONS}{path}", {"_form_submitted": "on"})
        assert answer.status_code == 403
    assert registry.champion() == champion


@pytest.mark.django_db(transaction=True)
def test_a_deleted_listing_takes_its_files_along(client: Client, boss: User, seller: User) -> None:
    """Deleting in the admin removes rows and files, also for a whole selection."""
    listings = [uploaded_listing(seller, photos=2) for _ in range(2)]
    files = [photo.image for photo in ListingPhoto.objects.all()]
    client.force_login(boss)

    client.post(
        "/admin/classifier/listing/",
        {"action": "delete_selected", "_selected_action": [x.pk for x in listings], "post": "yes"},
    )
    assert not Listing.objects.exists()
    cleanup.remove_files()
    assert not any(file.storage.exists(str(file)) for file in files)
