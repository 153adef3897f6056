"""What the pages of model versions start: tagging photos again, and comparing two versions."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.models import (
    ModelVersion,
    Reclassification,
    TrainerJob,
)
from tests.classifier.admin.pages import VERSIONS, words
from tests.classifier.candidates import gate_report
from tests.tagged_photos import a_moderator, a_photo

pytestmark = pytest.mark.django_db

RECLASSIFY, STOP = f"{VERSIONS}reclassify/", f"{VERSIONS}stop_reclassifying/"
TAGGING_AGAIN = f"{VERSIONS}tagging-again/"


def test_photos_are_tagged_again_by_a_button(
    client: Client, boss: User, champion: ModelVersion
) -> None:
    """It asks first; then the list shows how far it is, until it is stopped or done."""
    a_photo("Boots")  # tagged by another version
    client.force_login(boss)
    assert "Tag photos again?" in client.get(RECLASSIFY).content.decode()
    assert STOP not in client.get(VERSIONS).content.decode()
    client.post(RECLASSIFY, {"_form_submitted": "on"})
    run = Reclassification.objects.get()
    assert (run.requested_by, run.version, run.total) == (boss, champion, 1)
    page = client.get(VERSIONS).content.decode()
    assert "0 of 1 photos were tagged again" in page
    assert STOP in page
    now = client.get(TAGGING_AGAIN).json()
    assert now["unfinished"] is True
    assert "0 of 1 photos were tagged again" in now["html"]
    client.post(STOP, {"_form_submitted": "on"})
    run.refresh_from_db()
    assert run.finished_at is not None
    assert client.get(TAGGING_AGAIN).json()["unfinished"] is False


def test_how_far_tagging_again_is_is_for_those_who_may_see_models(
    client: Client, seller: User
) -> None:
    """A stranger gets 401 and a seller 403, as words for a script, not as a page."""
    assert client.get(TAGGING_AGAIN).status_code == 401
    client.force_login(seller)
    assert client.get(TAGGING_AGAIN).status_code == 403


@pytest.mark.parametrize("path", [RECLASSIFY, STOP])
def test_tagging_again_needs_its_right(
    client: Client, onlooker: User, champion: ModelVersion, path: str
) -> None:
    """Who may only look at models is not offered it, and cannot send it."""
    a_photo("Boots")
    client.force_login(onlooker)
    assert path not in client.get(VERSIONS).content.decode()
    assert client.post(path, {"_form_submitted": "on"}).status_code == 403
    assert not Reclassification.objects.exists()


def test_a_comparison_of_two_versions_is_asked_for_and_shown(
    client: Client, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """It takes a right; the result stands with both names and changes no verdict."""
    engineer = a_moderator("engineer", rights=["view_modelversion", "compare_versions"])
    page = f"{VERSIONS}{candidate.pk}/compare/"
    client.force_login(a_moderator("watcher", rights=["view_modelversion"]))
    assert client.get(page).status_code == 403
    client.force_login(engineer)
    assert "untrained: champion (in production)" in words(client.get(page).content.decode())
    client.post(page, {"with": champion.pk})
    job = TrainerJob.objects.get()
    assert (job.version, job.other, job.requested_by) == (candidate, champion, engineer)
    result = gate_report(champion.name, candidate.name)
    TrainerJob.objects.update(state="done", finished_at=timezone.now(), result=result)
    shown = words(client.get(page, {"with": champion.pk}).content.decode())
    assert "By the gate’s rules candidate could not replace untrained." in shown
    assert "overall accuracy 95.2 % 94.0 % +1.2 better" in shown
    for unknown in ("", "0", "x", "9" * 30, str(candidate.pk)):
        client.post(page, {"with": unknown})
    assert TrainerJob.objects.count() == 1
