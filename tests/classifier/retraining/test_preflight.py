"""What the admin reads before a retraining starts: what there is, what it is worth, what lacks."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from classifier.models import ModelVersion
from classifier.retraining import preflight
from classifier.review import verdicts
from tests.rows import a_champion
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, Shares, a_moderator, a_photo
from tests.true_verdicts import verdict_for

pytestmark = pytest.mark.django_db

RUNS = "/admin/classifier/retrainrun/"
FIGURES: dict[str, Any] = {
    "photos": {"others": 300},
    "per_subclass": {
        sub: {"support": 60.0}
        for sub in (
            "Dresses", "Outerwear", "Skirts", "Boots", "Flats", "High Heels", "Clutches",
            "Shoulder Bags",
        )
    } | {"Tote Bags": {"support": 3.0}},
}  # fmt: skip


@pytest.fixture
def champion(settings: Settings) -> ModelVersion:
    """A champion whose bundle carries replay features, with few tote bags among them."""
    settings.BASE_PHOTOS_DIR = ""
    champion = a_champion()
    champion.manifest = {
        "replay_sha256": "ab" * 32,
        "metrics": {"test": FIGURES},
        "training": {"photos": {"train": 900, "validation": 100, "test": 200}},
    }
    champion.save()
    return champion


def settled(sub: str, answer: tuple[str | None, str | None], shares: Shares) -> None:
    """A photo that the model took for ``sub``, and a moderator's verdict on it."""
    photo = a_photo(sub, **shares)
    moderator = a_moderator(uuid4().hex)
    review = verdicts.review_of(
        photo, moderator=moderator, verdict=verdict_for(*answer), key=uuid4()
    )
    verdicts.store(review)


def test_it_says_what_new_reviews_are_worth(champion: ModelVersion) -> None:
    """Contradicted, left open and agreed are counted for each label, and what lacks is named."""
    settled("Boots", ("Shoes", "Boots"), CONFIDENT)  # agrees
    settled("Boots", ("Shoes", "Flats"), CONFIDENT)  # another subclass
    settled("Boots", ("Bags", "Clutches"), FALLBACK)  # another main class
    settled("Boots", ("Shoes", "Flats"), FALLBACK)  # was left open
    settled("Boots", (None, None), UNKNOWN)  # agrees
    there = preflight()
    assert there.ready
    assert "5 reviews are new to the champion: 2 contradict" in there.summary
    assert "1 settle what it had left open, 2 agree" in there.summary
    assert "1,200 photos it was first trained and tested on" in there.summary
    assert "about 2 minutes" in there.summary
    worth = {line.label: line for line in there.worth}
    assert (worth["Flats"].new, worth["Flats"].contradict, worth["Flats"].open) == (2, 1, 1)
    assert worth["Flats"].missing == ""
    assert worth["Tote Bags"].missing == "about 13 more reviewed photos"
    assert "Tote Bags (about 13 more reviewed photos)" in there.summary


def test_without_anything_to_go_on_it_says_so_before_the_click(
    champion: ModelVersion, client: Client
) -> None:
    """No base photos in any form: one sentence, three examples, and no advice to name --photos."""
    champion.manifest = {}
    champion.save()
    settled("Boots", ("Shoes", "Flats"), CONFIDENT)
    client.force_login(a_moderator("engineer", rights=["retrain"]))
    question = client.get(f"{RUNS}retrain_now/").content.decode()
    assert "This would end without a verdict." in question
    assert "carries no replay features" in question
    assert "and 7 more" in question
    assert "--photos" not in question
    page = client.get(RUNS).content.decode()
    assert "What a retraining would have to go on" in page
    assert "about 32 more reviewed photos" in page


def test_with_nothing_new_it_is_not_ready(champion: ModelVersion) -> None:
    """The first sentence says what to do first."""
    there = preflight()
    assert not there.ready
    assert there.summary.startswith("Nothing is new")
    champion.delete()
    assert "no champion" in preflight().summary
