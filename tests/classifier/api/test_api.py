"""The REST API: sending photos, reading tags, and who may read what."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from classifier.models import Listing, ListingPhoto, ModelVersion
from tests.classifier.listings import fail, only_photo, tag, upload, uploaded_listing
from tests.pictures import png_bomb
from tests.scores import some_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(seller: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(seller)
    return client


def send(api: APIClient, *files: Any, **fields: Any) -> Any:
    return api.post("/api/v1/listings/", {"photos": list(files), **fields}, format="multipart")


def test_an_upload_becomes_a_pending_listing(api: APIClient) -> None:
    """Photos of one form make one listing, whose address is given and whose photos are pending."""
    answer = send(api, upload("a.jpg"), upload("../b 👜.jpg"), title="Tote in tan leather")

    assert answer.status_code == 201
    assert answer.json()["title"] == "Tote in tan leather"
    photos = answer.json()["photos"]
    assert [photo["original_name"] for photo in photos] == ["a.jpg", "b 👜.jpg"]
    assert {photo["status"] for photo in photos} == {"pending"}
    assert {photo["label"] for photo in photos} == {""}
    assert {**api.get(answer["Location"]).json(), "refused": []} == answer.json()


def test_a_token_opens_the_api(seller: User) -> None:
    """A name and password give a token, and the token gives access."""
    client = APIClient()
    login = {"username": "seller", "password": "one that no list has"}
    token = client.post("/api/v1/token/", login, format="json").json()["token"]

    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/listings/").status_code == 200


def test_a_tagged_photo_says_all_that_was_decided(
    api: APIClient, seller: User, champion: ModelVersion
) -> None:
    """A confident tag comes with both confidences, all scores and the model's name."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.96))

    photo = api.get(f"/api/v1/photos/{only_photo(listing).pk}/").json()
    assert photo["status"] == "classified"
    assert photo["label"] == "Bags › Tote Bags"
    assert (photo["main"], photo["sub"]) == ("Bags", "Tote Bags")
    assert (photo["main_confidence"], photo["sub_confidence"]) == (0.98, 0.96)
    assert (photo["outcome"], photo["reason"], photo["explanation"]) == ("subclass", None, "")
    assert photo["scores"]["novelty"] == 0.1
    assert photo["model_version"] == champion.name
    assert photo["sha256"] == ListingPhoto.objects.get().sha256
    assert photo["listing"] == listing.pk


@pytest.mark.parametrize(
    ("given", "label", "explanation"),
    [
        (some_scores("Bags", 0.98, "Tote Bags", 0.4), "Bags", "Looks like a bag. Which kind?"),
        (
            some_scores("Shoes", 0.98, "Skirts", 0.9),
            "Shoes",
            "Looks like a pair of shoes. Which kind?",
        ),
        (
            some_scores("Shoes", 0.5, "Boots", 0.5),
            "Unknown/Others",
            "We are not sure what this is.",
        ),
        (some_scores(novelty=0.9), "Unknown/Others", "This looks like neither clothing, shoes nor"),
    ],
)
def test_a_fallback_is_explained_in_words(
    api: APIClient, seller: User, champion: ModelVersion, given: Any, label: str, explanation: str
) -> None:
    """Whatever the model was unsure of is said in a sentence a seller understands."""
    listing = uploaded_listing(seller)
    tag(champion, given)

    photo = api.get(f"/api/v1/photos/{only_photo(listing).pk}/").json()
    assert photo["label"] == label
    assert photo["explanation"].startswith(explanation)


def test_a_failed_photo_says_why(api: APIClient, seller: User, champion: ModelVersion) -> None:
    """A photo that could not be read carries its reason."""
    listing = uploaded_listing(seller)
    fail(champion, "The file is no longer in storage.")

    photo = api.get(f"/api/v1/photos/{only_photo(listing).pk}/").json()
    assert (photo["status"], photo["error"]) == ("failed", "The file is no longer in storage.")


def test_the_note_of_a_postponed_attempt_is_not_shown(api: APIClient, seller: User) -> None:
    """What operators note on a pending photo is no error to its seller."""
    photo = only_photo(uploaded_listing(seller))
    ListingPhoto.objects.filter(pk=photo.pk).update(error="The storage did not answer.")

    assert api.get(f"/api/v1/photos/{photo.pk}/").json()["error"] == ""


def test_bad_files_are_refused_one_sentence_each(api: APIClient) -> None:
    """Every bad file gets its sentence and position, and the good one beside them is kept."""
    answer = send(
        api, upload("notes.txt", b"hello"), upload(), upload("bomb.png", png_bomb(20_000, 20_000))
    )

    assert answer.status_code == 201
    text, bomb = answer.json()["refused"]
    assert (text["position"], bomb["position"]) == (0, 2)
    assert text["reason"].startswith("notes.txt: This file is not a photo")
    assert bomb["reason"].startswith("bomb.png: The photo has more than 60 million pixels")
    assert len(answer.json()["photos"]) == Listing.objects.get().photos.count() == 1


def test_a_listing_of_bad_files_alone_is_refused(api: APIClient) -> None:
    """Where no photo is left there is no listing."""
    answer = send(api, upload("notes.txt", b"hello"))
    assert answer.status_code == 400
    assert answer.json()["photos"][0].startswith("notes.txt: This file is not a photo")
    assert not Listing.objects.exists()


def test_an_empty_file_gets_the_same_kind_of_answer(api: APIClient) -> None:
    """An empty file is judged by intake as all others are."""
    answer = send(api, upload("empty.jpg", b""))
    assert answer.status_code == 400
    assert answer.json()["photos"][0].startswith("empty.jpg: The file is empty.")


def test_a_form_that_is_not_ours_is_refused_in_words(api: APIClient) -> None:
    """No photo, text for a photo, an unknown field and a long title each get a clear 400."""
    post = lambda fields: api.post("/api/v1/listings/", fields, format="multipart")  # noqa: E731  # short

    assert "at least one photo" in post({"title": "x"}).json()["photos"][0]
    assert "must be files" in post({"photos": "not a file"}).json()["photos"][0]
    assert "no such field" in post({"photos": upload(), "colour": "red"}).json()["colour"][0]
    assert post({"photos": upload(), "title": "x" * 201}).status_code == 400
    assert not Listing.objects.exists()


def test_too_many_photos_are_refused(api: APIClient) -> None:
    """More photos than a listing takes, and more files than a form takes, are both a 400."""
    assert "24 at most" in send(api, *(upload() for _ in range(25))).json()["photos"][0]
    assert send(api, *(upload() for _ in range(101))).status_code == 400


def test_another_content_type_is_a_415(api: APIClient) -> None:
    """JSON cannot carry photos, and is told so."""
    assert api.post("/api/v1/listings/", {"title": "x"}, format="json").status_code == 415


@pytest.mark.parametrize("path", ["listings/", "listings/1/", "photos/1/", "photos/1/image/"])
def test_nobody_gets_in_without_credentials(path: str) -> None:
    """Every endpoint of the API answers strangers with 401."""
    assert APIClient().get(f"/api/v1/{path}").status_code == 401


def test_another_sellers_photos_do_not_exist(api: APIClient, other_seller: User) -> None:
    """Neither listing, photo, image nor thumbnail of another seller can be had, at any address."""
    listing = uploaded_listing(other_seller)
    photo = only_photo(listing).pk

    assert api.get("/api/v1/listings/").json()["results"] == []
    for path in (
        f"listings/{listing.pk}/",
        f"photos/{photo}/",
        f"photos/{photo}/image/",
        f"photos/{photo}/thumbnail/",
    ):
        assert api.get(f"/api/v1/{path}").status_code == 404


def test_staff_need_the_permission_to_see_all(seller: User, moderator: User) -> None:
    """A moderator sees every photo; somebody who is merely staff sees none."""
    photo = only_photo(uploaded_listing(seller)).pk
    mere_staff = User.objects.create_user("mere", is_staff=True)
    client = APIClient()

    for user, status in ((moderator, 200), (mere_staff, 404)):
        client.force_authenticate(user)
        answer = client.get(f"/api/v1/photos/{photo}/thumbnail/")
        assert answer.status_code == status
        answer.close()


def test_the_list_goes_on_page_by_page(api: APIClient, seller: User, settings: Any) -> None:
    """Following `next` gives every listing once, newest first, in few queries a page."""
    expected = [uploaded_listing(seller).pk for _ in range(53)][::-1]

    numbers, address = [], "/api/v1/listings/"
    while address:
        page = api.get(address).json()
        numbers += [listing["id"] for listing in page["results"]]
        address = page["next"]
    assert numbers == expected


def test_a_page_of_listings_needs_few_queries(
    api: APIClient, seller: User, champion: ModelVersion, django_assert_max_num_queries: Any
) -> None:
    """The number of queries does not grow with the number of listings."""
    for _ in range(8):
        uploaded_listing(seller)
    tag(champion, *[some_scores()] * 8)
    with django_assert_max_num_queries(6):
        api.get("/api/v1/listings/")


def test_a_session_needs_the_csrf_token(seller: User) -> None:
    """A form of another site cannot upload in a seller's name."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(seller)
    answer = browser.post("/api/v1/listings/", {"photos": upload()})
    assert answer.status_code == 403
    assert not Listing.objects.exists()


def test_passwords_cannot_be_tried_at_will(seller: User) -> None:
    """After thirty attempts in a minute an address has to wait; page and API count together."""
    client = APIClient()
    # Other names each time: one name is locked sooner.
    for n in range(15):
        wrong = {"username": f"seller {n}", "password": "wrong"}
        assert client.post("/api/v1/token/", wrong).status_code == 400
        assert client.post("/login/", wrong).status_code == 200
    assert client.post("/api/v1/token/", wrong).status_code == 429
    assert client.post("/login/", wrong).status_code == 429


@pytest.mark.parametrize("depth", [900, 3000, 100_000])
def test_json_that_is_nested_deep_is_a_bad_request(seller: User, depth: int) -> None:
    """What Python cannot read is the client's mistake, and answered as one."""
    body = '{"username": ' + "[" * depth + "]" * depth + ', "password": "x"}'
    answer = APIClient().post("/api/v1/token/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/api/v1/listings/", "/api/v1/token/", "/admin/login/"]
)
def test_a_chunked_body_is_refused_in_words(client: Client, seller: User, path: str) -> None:
    """Django would read it as empty and ask for photos that were sent."""
    client.force_login(seller)
    answer = client.post(path, {"title": "x"}, headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
    assert "Content-Length" in answer.content.decode()


def test_the_schema_describes_the_upload(client: Client) -> None:
    """The schema is there for programs, and the page for people loads nothing from elsewhere."""
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    upload_body = schema["paths"]["/api/v1/listings/"]["post"]["requestBody"]["content"]
    assert list(upload_body) == ["multipart/form-data"]
    form = schema["components"]["schemas"]["PhotoUploadRequest"]
    assert form["properties"]["photo"] == {"type": "string", "format": "binary"}

    page = client.get("/api/v1/docs/").content.decode()
    assert "POST /api/v1/listings/N/photos/".replace("N", "{id}") in page
    assert "Idempotency-Key" in page
    assert "<code>refused</code>" in page
    assert "`" not in page
    assert "//" not in page.replace("http://testserver", "")
