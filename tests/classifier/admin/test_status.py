"""The operator's page: what is wrong, who is alive, what failed and can be tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from classifier.admin.status import duration
from classifier.models import Alarm, Heartbeat, Lease, ListingPhoto, ModelVersion
from classifier.operations import heartbeat
from tests.classifier.listings import fail, uploaded_listing

pytestmark = pytest.mark.django_db
PAGE = "/admin/classifier/alarm/"


def staff(*rights: str) -> Client:
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator() -> Client:
    return staff("view_status", "change_listingphoto")


@pytest.fixture
def watched() -> None:
    Lease.objects.create(name="monitor", until=timezone.now() + timedelta(minutes=1))


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("watched")
def test_it_says_when_all_is_well_and_who_is_alive(operator: Client) -> None:
    """With the model in a worker's memory; a process that fell silent is named."""
    heartbeat.write(Heartbeat.Kind.WORKER, model="starter", engine="torch-fp32", device="cpu")
    page = text(operator)
    assert "All is well" in page
    assert "starter · torch-fp32 · cpu" in page
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert "silent for 5 min" in text(operator)


def test_without_a_monitor_it_says_so(operator: Client) -> None:
    """Then nobody would be told of anything."""
    page = text(operator)
    assert "the process “monitor” is not running" in page
    assert "All is well" not in page


@pytest.mark.usefixtures("watched")
def test_it_says_what_is_wrong_and_what_to_do(operator: Client) -> None:
    """The sentence of each alarm, in the page and in what its script polls for."""
    sentence = "No worker has been seen yet. Start the process “worker”, or look into its log."
    Alarm.objects.create(check_name="workers", sentence=sentence, since=timezone.now())
    assert sentence in text(operator)
    assert sentence in operator.get(f"{PAGE}now/").json()["html"]


def test_failed_photos_are_tried_again_by_reason(
    operator: Client, seller: User, champion: ModelVersion
) -> None:
    """Only those of the reason; the page counts what is left."""
    for why in ("The storage did not give the file.", "It is no photo."):
        uploaded_listing(seller)
        fail(champion, why)
    answer = operator.post(f"{PAGE}try-again/", {"error": "It is no photo."}, follow=True)
    page = answer.content.decode()
    assert "1 photo is being tried again." in page
    assert "The storage did not give the file." in page
    statuses = set(ListingPhoto.objects.values_list("error", "status"))
    assert statuses == {("The storage did not give the file.", "failed"), ("", "pending")}


@pytest.mark.django_db(transaction=True)  # workers are notified after the commit
def test_trying_again_notifies_workers_once(
    operator: Client, seller: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a broker each message leaves a line in the log, and there is one."""
    uploaded_listing(seller)
    ListingPhoto.objects.update(status="failed", error="The disk was full.")
    caplog.clear()
    operator.post(f"{PAGE}try-again/", {"error": "The disk was full."})
    assert ListingPhoto.objects.get().status == "pending"
    assert caplog.text.count("pending photos wait for the next sweep") == 1


def test_only_who_has_the_right_sees_it_and_tries_again(seller: User) -> None:
    """Neither a moderator nor a seller; and seeing is not changing."""
    moderator = staff("view_listingphoto", "add_review")
    assert moderator.get(PAGE).status_code == 403
    assert moderator.get(f"{PAGE}now/").status_code == 403
    assert "Alarms" not in moderator.get("/admin/").content.decode()
    User.objects.get(username="operator").delete()
    watcher = staff("view_status")
    assert "Try again" not in text(watcher)
    assert watcher.post(f"{PAGE}try-again/", {"error": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (192, "3 min 12 s"), (3600, "1 h"), (90061, "1 d 1 h")]
)
def test_a_duration_has_its_two_largest_units(seconds: int, words: Any) -> None:
    """As people say it."""
    assert duration(timedelta(seconds=seconds)) == words
