"""Where a model version comes from: its parents, the reviews it learned, its report."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.models import (
    DatasetReview,
    ListingPhoto,
    ModelVersion,
    RetrainRun,
    Review,
)
from classifier.versions import promotion
from tests.classifier.admin.pages import VERSIONS, page_of, words
from tests.classifier.candidates import a_candidate
from tests.tagged_photos import a_moderator, a_photo

pytestmark = pytest.mark.django_db


def test_the_page_tells_where_a_version_comes_from_and_when_it_was_live(
    client: Client, onlooker: User, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """Parents, the run that made it, its reviews, and each time in production with who and how."""
    RetrainRun.objects.create(
        trigger="command",
        state="done",
        verdict="kept",
        finished_at=timezone.now(),
        candidate=candidate,
    )
    grandchild = a_candidate(candidate, "grandchild")
    promotion.promote(version=candidate, by=boss)
    promotion.rollback(by=boss)
    client.force_login(onlooker)
    page = page_of(client, candidate)
    assert "Retraining " in page
    assert re.search(
        r"live from \d+ \w+ 20\d\d, \d\d:\d\d to \d+ \w+ 20\d\d, \d\d:\d\d promoted by a person: "
        rf"boss, instead of {champion}",
        page,
    ), page
    assert "until now rolled back to: boss" in page_of(client, champion)
    assert re.search(
        rf"grandchild .* candidate parent .* {champion} parent", page_of(client, grandchild)
    )


def learned(version: ModelVersion, sub: str = "Boots", *, split: str = "train") -> Review:
    """Let a version have learned from one new review."""
    photo = a_photo(sub)
    review = Review.objects.create(
        photo=photo,
        moderator=User.objects.get_or_create(username="anna")[0],
        key=uuid4(),
        verdict="subclass",
        main="Shoes",
        sub=sub,
        is_final=True,
    )
    DatasetReview.objects.create(version=version, review=review, sha256=photo.sha256, split=split)
    return review


def test_a_dataset_tells_its_reviews_and_when_one_was_undone(
    client: Client, boss: User, candidate: ModelVersion
) -> None:
    """From the version to the reviews in it, and a mark once one of them does not stand."""
    learned(candidate)
    learned(candidate, split="test")
    client.force_login(boss)
    assert "2: 1 training, 1 test" in page_of(client, candidate)
    assert "dataset changed" not in client.get(VERSIONS).content.decode()
    Review.objects.filter(datasets__split="test").update(is_final=False, voided=True)
    assert "changed since: 1 undone" in page_of(client, candidate)
    assert "dataset changed" in client.get(VERSIONS).content.decode()
    page = words(client.get(f"{VERSIONS}{candidate.pk}/reviews/").content.decode())
    assert "Shoes › Boots anna" in page
    assert "test 1 undone or overruled" in page


def test_reviews_are_shown_to_who_may_see_reviews(
    client: Client, onlooker: User, candidate: ModelVersion
) -> None:
    """Who may see models but no reviews is told how many there are, not what they say."""
    learned(candidate)
    client.force_login(onlooker)
    assert "1: 1 training" in page_of(client, candidate)
    assert "/reviews/" not in client.get(f"{VERSIONS}{candidate.pk}/change/").content.decode()
    assert client.get(f"{VERSIONS}{candidate.pk}/reviews/").status_code == 403


def test_a_photo_tells_where_its_tag_comes_from(
    client: Client, boss: User, moderator: User, candidate: ModelVersion
) -> None:
    """From its file over version, parent and datasets to the reviews; and who learned from it."""
    review = learned(candidate)
    photo = review.photo
    assert photo is not None
    ListingPhoto.objects.filter(pk=photo.pk).update(model_version=candidate)
    address = f"/admin/classifier/listingphoto/{photo.pk}/change/"
    client.force_login(boss)
    page = words(client.get(address).content.decode())
    assert f"Photo {photo.sha256[:12]} → model version" in page
    assert re.search(r"candidate none 1: 1 training untrained parent none none", page), page
    assert "Which learned from this photo candidate , for training" in page
    client.force_login(moderator)  # may see models, and no reviews
    assert "Which learned from this photo" not in client.get(address).content.decode()


def test_the_report_is_shown_shut_in(
    client: Client, onlooker: User, candidate: ModelVersion, champion: ModelVersion
) -> None:
    """The page links it where there is one; it can neither run a script nor reach anything."""
    client.force_login(onlooker)
    address = f"{VERSIONS}{candidate.pk}/report/"
    assert address in client.get(f"{VERSIONS}{candidate.pk}/change/").content.decode()
    answer = client.get(address)
    assert b"Confusion of the candidate" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert f"{VERSIONS}{champion.pk}/report/" not in page_of(client, champion)
    assert client.get(f"{VERSIONS}{champion.pk}/report/").status_code == 404
    assert client.get(f"{VERSIONS}999999/report/").status_code == 404


@pytest.mark.parametrize("path", ["", "{}/change/", "{}/report/"])
def test_who_may_not_see_models_sees_nothing(
    client: Client, candidate: ModelVersion, path: str
) -> None:
    """Staff without the right are refused at each address, people of no staff sent to sign in."""
    address = VERSIONS + path.format(candidate.pk)
    client.force_login(a_moderator("stranger", rights=["view_review"]))
    assert client.get(address).status_code == 403
    client.force_login(User.objects.create_user("customer"))
    assert client.get(address).status_code == 302
