"""The queue's endpoints: who may use them, and what each answers to good and bad input."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from classifier.admin.review.reviews import ENDPOINTS
from classifier.models import QueueItem, Review
from tests.classifier.reviewing import signed_in
from tests.rows import a_listing
from tests.tagged_photos import CONFIDENT, UNKNOWN, a_moderator, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sample")]

PAGE = "/admin/classifier/review/queue/"
NOT_OURS = {"verdict": "not_ours"}


def post(client: Client, endpoint: str, body: Any = None) -> HttpResponse:
    return client.post(  # type: ignore[return-value]  # the test client's own response class
        reverse(f"admin:review_queue_{endpoint}"), json.dumps(body or {}), "application/json"
    )


def taken(client: Client) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(post(client, "take").content)["next"]
    return card


def decided(client: Client, card: dict[str, Any], **more: Any) -> HttpResponse:
    body = {"item": card["item"], "claim": card["claim"], "seconds": 1.0, **NOT_OURS, **more}
    return post(client, "decide", body)


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, "gradcam"])
def test_every_endpoint_is_for_moderators_alone(endpoint: str) -> None:
    """Signed out is 401; a seller, or staff without both rights, is 403; never anything else."""
    photo = a_photo(**UNKNOWN)
    of_photo = [photo.pk] if endpoint == "gradcam" else []
    url = reverse(f"admin:review_queue_{endpoint}", args=of_photo)
    nobody = Client()
    seller = signed_in(User.objects.create_user("a-seller"))
    half = signed_in(a_moderator("half", rights=["add_review", "view_review"]))
    looker = signed_in(a_moderator("looker", rights=["view_listingphoto"]))
    for client, status in ((nobody, 401), (seller, 403), (half, 403), (looker, 403)):
        for method in (client.get, client.post):
            response = method(url)
            assert response.status_code == status
            assert response.json()["message"]
    assert QueueItem.objects.get().claim is None


def test_no_endpoint_is_forgotten() -> None:
    """Every address of the admin whose name begins with `review_` is one that tests knock at."""
    names = {
        pattern.name
        for model in filter(admin.site.is_registered, apps.get_models())
        for pattern in admin.site.get_model_admin(model).get_urls()
        if (pattern.name or "").startswith("review_")
    }
    here = {
        "review_queue",
        "review_queue_gradcam",
        *(f"review_queue_{endpoint}" for endpoint in ENDPOINTS),
    }
    elsewhere = {"review_grid", "review_quality", "review_export", "review_bulk_undo"}
    assert names == here | elsewhere


def test_a_blind_photo_has_no_gradcam_image_before_its_verdict(
    anna: User, settings: Settings
) -> None:
    """The Grad-CAM image would give the model's tag away."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    photo = a_photo(**CONFIDENT)
    client, url = signed_in(anna), reverse("admin:review_queue_gradcam", args=[photo.pk])
    assert client.get(url).status_code == 409
    decided(client, taken(client))
    assert client.get(url).status_code == 202


def test_left_is_what_i_may_still_see(anna: User) -> None:
    """A photo that I skipped waits for others, and my counter does not wait for it."""
    a_photo(**UNKNOWN)
    a_photo(**UNKNOWN)
    client = signed_in(anna)
    post(client, "skip", {"claim": taken(client)["claim"]})
    answer = json.loads(post(client, "keep", {"claims": []}).content)
    assert (answer["counters"]["left"], answer["counters"]["skipped"]) == (1, 1)


def test_the_page_is_for_moderators_alone(anna: User) -> None:
    """Who is signed out is sent to sign in; staff without the right get a 403."""
    assert Client().get(PAGE).status_code == 302
    looker = a_moderator("looker", rights=["view_listingphoto", "view_review"])
    assert signed_in(looker).get(PAGE).status_code == 403
    assert signed_in(anna).get(PAGE).status_code == 200


def test_the_page_has_no_script_of_its_own_inside(anna: User) -> None:
    """Everything the page runs comes from files: our part works under a strict policy."""
    html = signed_in(anna).get(PAGE).content.decode()
    ours = html[html.index('id="queue"') : html.index("</dialog>")]
    assert "<script" not in ours
    assert "onclick" not in ours
    assert "style=" not in ours


def test_every_endpoint_needs_a_csrf_token(anna: User) -> None:
    """Without the CSRF token nothing is decided."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    for endpoint in ENDPOINTS:
        assert post(client, endpoint).status_code == 403


def test_a_verdict_gives_the_next_photo(anna: User) -> None:
    """One request stores the verdict and brings the photo after it."""
    first, second = a_photo(**UNKNOWN), a_photo(**UNKNOWN)
    client = signed_in(anna)
    card = taken(client)
    assert (card["photo"], card["predictions"][0]["label"]) == (first.pk, "Boots")
    answer = json.loads(decided(client, card, want=True).content)
    assert answer["next"]["photo"] == second.pk
    assert Review.objects.get(pk=answer["review"]).verdict == "not_ours"


def test_a_card_has_the_listing_and_its_other_photos(anna: User) -> None:
    """Title and other photos come along; the page needs no further question."""
    listing = a_listing("Red boots")
    shown, other = a_photo(listing=listing, **UNKNOWN), a_photo(listing=listing, **CONFIDENT)
    card = taken(signed_in(anna))
    assert (card["photo"], card["title"], card["others"]) == (shown.pk, "Red boots", [other.pk])
    assert card["why"] == "It is not sure of the main class (50 %)."


def test_a_blind_card_does_not_tell_what_the_model_said(anna: User, settings: Settings) -> None:
    """Nothing of the guess reaches the browser before the verdict; then it is told."""
    settings.REVIEW_SAMPLE_SHARE = 1.0
    a_photo("Boots", **CONFIDENT)
    client = signed_in(anna)
    card = taken(client)
    assert card["blind"]
    assert "Boots" not in json.dumps(card)
    answer = json.loads(decided(client, card).content)
    assert answer["model_tag"] == "Shoes › Boots"


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("decide", {}),
        ("decide", {"item": "1", "claim": str(uuid4())}),
        ("decide", {"item": 1, "claim": "x", "verdict": "not_ours"}),
        ("decide", {"item": 1, "claim": str(uuid4()), "verdict": "undone"}),
        ("decide", {"item": 1, "claim": str(uuid4()), "verdict": "hats"}),
        ("decide", {"item": 1, "claim": str(uuid4()), "verdict": ["not_ours"]}),
        (
            "decide",
            {
                "item": 1,
                "claim": str(uuid4()),
                "verdict": "subclass",
                "main": "Bags",
                "sub": "Boots",
            },
        ),
        ("decide", {"item": 1, "claim": str(uuid4()), "verdict": "main_class", "main": {"a": 1}}),
        ("decide", {"item": 2**70, "claim": str(uuid4()), "verdict": "not_ours"}),
        ("undo", {}),
        ("undo", {"review": True}),
        ("undo", {"review": 99}),
        ("skip", {}),
        ("back", {"item": -1}),
        ("keep", {"claims": "all"}),
        ("keep", {"claims": ["x"]}),
        ("release", {"claims": [1] * 51}),
        ("take", [1]),
    ],
)
def test_bad_input_gets_a_sentence(anna: User, endpoint: str, body: Any) -> None:
    """A request that makes no sense is a 400 with a message, and changes nothing."""
    response = post(signed_in(anna), endpoint, body)
    assert response.status_code == 400, response.content
    assert json.loads(response.content)["message"]
    assert not Review.objects.exists()


def test_no_json_and_get_are_refused(anna: User) -> None:
    """A body that is no JSON and a GET are answered, not crashed on."""
    client, url = signed_in(anna), reverse("admin:review_queue_decide")
    assert client.post(url, "{", "application/json").status_code == 400
    assert client.get(url).status_code == 405


@pytest.mark.parametrize("depth", [2, 900, 3000, 100_000])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nested_json_is_refused(anna: User, endpoint: str, depth: int) -> None:
    """However deep values are nested, and wherever they stand, the answer is a 400 with words."""
    client, url = signed_in(anna), reverse(f"admin:review_queue_{endpoint}")
    nested = "[" * depth + "]" * depth
    names = ("item", "claim", "claims", "review", "verdict", "main", "seconds", "moderator", "want")
    bodies = [nested, *(f'{{"{name}": {nested}}}' for name in names)]
    for body in bodies if depth < 3000 else bodies[:2]:
        answer = client.post(url, body, "application/json")
        assert answer.status_code == 400, body[:40]
        assert json.loads(answer.content)["message"].endswith(".")


def test_a_conflict_brings_the_next_photo(anna: User) -> None:
    """Who comes too late is told so and goes on with another photo."""
    a_photo(**UNKNOWN)
    other = a_photo(**UNKNOWN)
    client = signed_in(anna)
    card = taken(client)
    QueueItem.objects.filter(pk=card["item"]).update(
        claim=None, holder=None, held_until=None, is_open=False
    )
    response = decided(client, card, want=True)
    assert response.status_code == 409
    answer = json.loads(response.content)
    assert "Someone else settled" in answer["message"]
    assert answer["next"]["photo"] == other.pk


def test_a_page_of_another_moderator_decides_nothing(anna: User) -> None:
    """A tab left open by one moderator sends nothing in the name of the next."""
    a_photo(**UNKNOWN)
    ben = a_moderator("ben")
    client = signed_in(ben)
    card = taken(client)
    response = decided(client, card, moderator=anna.pk)
    assert response.status_code == 401
    assert not Review.objects.exists()


def test_a_closing_page_gives_its_photos_back(anna: User) -> None:
    """The form that a closing tab sends releases what it held."""
    a_photo(**UNKNOWN)
    client = signed_in(anna)
    card = taken(client)
    response = client.post(reverse("admin:review_queue_release"), {"claims": [card["claim"]]})
    assert response.status_code == 200
    assert QueueItem.objects.get().claim is None


def test_undo_brings_the_photo_and_the_counters(anna: User) -> None:
    """Undo answers with the photo to show again."""
    photo = a_photo(**UNKNOWN)
    client = signed_in(anna)
    review = json.loads(decided(client, taken(client)).content)["review"]
    answer = json.loads(post(client, "undo", {"review": review}).content)
    assert answer["card"]["photo"] == photo.pk
    assert (answer["counters"]["left"], answer["counters"]["today"]) == (1, 0)


def test_the_number_of_queries_does_not_grow(
    anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Deciding and getting the next photo takes the same queries with 3 as with 60 photos."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.tagged_photos import many_photos

    client = signed_in(anna)
    counts = []
    for count in (3, 60):
        many_photos(count, **UNKNOWN)
        card = taken(client)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert decided(client, card, want=True).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
