"""The page about thresholds: who may use it, what it asks of the trainer, what it refuses."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client

from classifier.models import ModelVersion, TrainerJob
from classifier.versions import storage
from tests.tagged_photos import a_moderator
from tests.training.thresholds.test_thresholds_command import drawn_scores

pytestmark = pytest.mark.django_db
KIND = TrainerJob.Kind


def rows(least: int) -> list[dict[str, Any]]:
    """The table's rows: from the promise of ``least`` half points on one can be kept."""
    return [
        {
            "risk": step / 200,
            "threshold": round(0.95 - 0.03 * step, 2) if step >= least else None,
            "coverage": 0.5 if step >= least else 0.0,
        }
        for step in range(1, 21)
    ]


TABLE = {
    "confidence": 0.9,
    "mix": {"items": 0.85, "near": 0.1, "others": 0.05},
    "photos": 3750,
    "all": [{"classes": ["Clothing", "Shoes", "Bags"], "rows": rows(4)}],
    "main": [
        {"classes": ["Clothing"], "rows": rows(6)},
        {"classes": ["Shoes", "Bags"], "rows": rows(8)},
    ],
}


@pytest.fixture
def engineer(db: None) -> User:
    return a_moderator("engineer", rights=["view_modelversion", "set_thresholds"])


@pytest.fixture
def page(champion: ModelVersion) -> str:
    storage.bundle_storage().save(
        f"{champion.name}/held_out.csv", ContentFile(drawn_scores(400).as_bytes())
    )
    return f"/admin/classifier/modelversion/{champion.pk}/thresholds/"


@pytest.fixture
def worked_out(page: str, champion: ModelVersion, settings: Any) -> str:
    TrainerJob.objects.create(
        kind=KIND.PROMISES, version=champion, arguments={"mix": settings.STREAM_MIX},
        state="done", result=TABLE, finished_at="2026-01-01T00:00Z",
    )  # fmt: skip
    return page


def test_it_takes_a_right(
    client: Client, onlooker: User, page: str, champion: ModelVersion
) -> None:
    """Who may look at models alone sees no link, no page and no preview, and can save nothing."""
    client.force_login(onlooker)
    version_page = client.get(f"/admin/classifier/modelversion/{champion.pk}/change/")
    assert page not in version_page.content.decode()
    for path in (page, f"{page}preview/"):
        assert client.get(path).status_code == 403
    assert client.post(page, {"per": "all", "promise": "3"}).status_code == 403
    assert not TrainerJob.objects.exists()


def test_opening_it_has_the_promises_worked_out_once(
    client: Client, engineer: User, page: str
) -> None:
    """Two looks are one job; for another mix of the stream it is another."""
    client.force_login(engineer)
    for _ in range(2):
        assert "waits for the trainer" in client.get(page).content.decode()
    assert TrainerJob.objects.get().kind == KIND.PROMISES


def test_a_failed_one_is_told_and_can_be_tried_again(
    client: Client, engineer: User, page: str
) -> None:
    """The reason stands on the page with a button, and the button asks anew."""
    client.force_login(engineer)
    client.get(page)
    TrainerJob.objects.update(
        state="failed", message="It is of no test photo.", finished_at="2026-01-01T00:00Z"
    )
    shown = client.get(page).content.decode()
    assert "It is of no test photo." in shown
    assert "Try again" in shown
    client.post(page, {"again": "1"})
    assert TrainerJob.objects.filter(state="queued").count() == 1


def test_a_bundle_without_held_out_scores_says_so(
    client: Client, engineer: User, champion: ModelVersion
) -> None:
    """There is nothing to ask the trainer for."""
    client.force_login(engineer)
    shown = client.get(f"/admin/classifier/modelversion/{champion.pk}/thresholds/")
    assert "carries no held-out scores" in shown.content.decode()
    assert not TrainerJob.objects.exists()


def test_the_preview_saves_nothing_and_the_button_asks_for_what_it_showed(
    client: Client, engineer: User, worked_out: str, champion: ModelVersion
) -> None:
    """The job carries the promise, and whether the gate may promote."""
    client.force_login(engineer)
    html = client.get(f"{worked_out}preview/", {"per": "all", "promise": "5"}).json()["html"]
    assert "Of 1,000 photos" in html
    assert 'value="5.0"' in html
    assert TrainerJob.objects.count() == 1
    client.post(worked_out, {"per": "all", "promise": "5", "promote": "1"})
    job = TrainerJob.objects.get(kind=KIND.THRESHOLDS)
    assert job.arguments == {"per": "all", "risks": {"all": 0.05}, "promote": True}
    assert job.requested_by == engineer
    assert job.version == champion


def test_main_classes_that_share_a_promise_share_a_slider(
    client: Client, engineer: User, worked_out: str
) -> None:
    """Each of them gets the promise of its group."""
    client.force_login(engineer)
    client.post(worked_out, {"per": "main", "promise-clothing": "3", "promise-shoes": "4.5"})
    job = TrainerJob.objects.get(kind=KIND.THRESHOLDS)
    assert job.arguments["risks"] == {"Clothing": 0.03, "Shoes": 0.045, "Bags": 0.045}


def test_a_promise_that_cannot_be_kept_is_told_before(
    client: Client, engineer: User, worked_out: str
) -> None:
    """It names the classes, what becomes of them, and the least that can be promised."""
    client.force_login(engineer)
    shown = client.get(worked_out, {"per": "all", "promise": "1"}).content.decode()
    assert "these would get no subclass tags at all. The least that can be promised is 2 %" in shown
    assert "Make this version" not in shown


@pytest.mark.parametrize("promise", ["0", "50", "3.1", "nan", "three", "-1"])
def test_a_promise_of_another_form_is_refused(
    client: Client, engineer: User, worked_out: str, promise: str
) -> None:
    """The sentence says what was expected; nothing is asked of the trainer."""
    client.force_login(engineer)
    wrong = {"per": "all", "promise": promise}
    assert "lies between 0.5 and 10 %" in client.get(worked_out, wrong).content.decode()
    client.post(worked_out, wrong)
    assert not TrainerJob.objects.filter(kind=KIND.THRESHOLDS).exists()
