"""Who may open which page: every address for every role, as docs/roles.md shows it."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from classifier.accounts.roles import ENGINEER_RIGHTS, MODERATOR_RIGHTS
from classifier.models import (
    DriftDay,
    GoldenPhoto,
    Guideline,
    ListingPhoto,
    ModelVersion,
    PracticeVerdict,
    RetrainRun,
    Shadow,
)
from tests.classifier.listings import tag, uploaded_listing
from tests.repository import REPOSITORY
from tests.scores import some_scores
from tests.second_factor import a_second_factor
from tests.tagged_photos import a_version

pytestmark = pytest.mark.django_db

DOCUMENT: Final = REPOSITORY / "docs" / "roles.md"
HEAD: Final = """# Who may open what

Made by `tests/classifier/test_roles.py`, which fails where it is not so;
`UPDATE_DOCS=1 .venv/bin/pytest -n 0 tests/classifier/test_roles.py` writes it anew.

Each cell is the answer to a GET: 200 is shown; 302 leads elsewhere, mostly to the sign-in page;
401, 403 and 404 are refused; 405 takes other requests alone. The seller owns the listing that is
asked for, and has a second factor; another seller does not. Moderator and engineer have the
rights of their role (`classifier/accounts/roles.py`).

| address | nobody | seller | another seller | moderator | engineer | administrator |
| --- | --- | --- | --- | --- | --- | --- |
"""


# The admin joins a set here, whose order is another in every process.
APPS = re.compile(r"\(\?P<app_label>[\w|]+\)")


def patterns(resolver: Any, prefix: str = "", names: str = "") -> Iterator[tuple[str, str]]:
    """Every route with the name that it is reversed by."""
    for each in resolver.url_patterns:
        route = prefix + APPS.sub(r"<app_label>", str(each.pattern))
        if isinstance(each, URLResolver):
            space = f"{names}{each.namespace}:" if each.namespace else names
            yield from patterns(each, route, space)
        elif isinstance(each, URLPattern):
            yield route, f"{names}{each.name}" if each.name else ""


@pytest.fixture
def numbers(seller: User, champion: ModelVersion) -> dict[str, int]:
    """One row of each kind, by the model's name."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.96))
    photo = ListingPhoto.objects.get()
    a_second_factor(seller)
    guideline = Guideline.objects.create(label="Boots", text="The shaft covers the ankle.")
    return {
        "guideline": guideline.pk, "goldenphoto": GoldenPhoto.objects.create(photo=photo).pk,
        "practiceverdict": PracticeVerdict.objects.create(
            moderator=seller, photo=photo, verdict="not_ours", is_right=False
        ).pk,
        "listing": listing.pk, "listingphoto": photo.pk, "modelversion": champion.pk,
        "user": seller.pk, "group": Group.objects.create(name="some").pk,
        "retrainrun": RetrainRun.objects.create(trigger="command").pk,
        "shadow": a_shadow(champion).pk, "driftday": a_day(champion).pk,
    }  # fmt: skip


def a_shadow(champion: ModelVersion) -> Shadow:
    """Return one that ended."""
    return Shadow.objects.create(
        version=a_version("silent"), champion=champion, share=0.1, photos_wanted=100,
        started_at=timezone.now(), ended_at=timezone.now(), state="dropped", message="No better.",
    )  # fmt: skip


def a_day(champion: ModelVersion) -> DriftDay:
    """Return one that was counted."""
    return DriftDay.objects.create(
        day=timezone.localdate(), version=champion, photos=1, counts={}, distances={}
    )


@pytest.fixture
def clients(seller: User) -> dict[str, Client]:
    def client(name: str, rights: tuple[str, ...] = (), *, staff: bool = True) -> Client:
        user = User.objects.create_user(name, is_staff=staff, is_superuser=name == "root")
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="classifier", codename__in=rights)
        )
        made = Client(raise_request_exception=False)
        made.force_login(user)
        return made

    own = Client(raise_request_exception=False)
    own.force_login(seller)
    return {
        "nobody": Client(raise_request_exception=False), "seller": own,
        "another seller": client("other", staff=False),
        "moderator": client("moderator", MODERATOR_RIGHTS),
        "engineer": client("engineer", ENGINEER_RIGHTS),
        "administrator": client("root"),
    }  # fmt: skip


def address_of(route: str, name: str, numbers: dict[str, int]) -> str | None:
    """The address that the route has for the rows there are; None for what has no name."""
    model = next((m for m in sorted(numbers, key=len, reverse=True) if f"/{m}/" in route), None)
    number = numbers.get(model or "", numbers["listing"])
    if "photos/<int:pk>" in route or "photo/<int" in route:
        number = numbers["listingphoto"]
    photo = {"photo": numbers["listingphoto"]}
    own = {"app_label": "classifier"}
    for kwargs in ({}, {"pk": number}, {"object_id": number}, {"pk": number, **photo}, own,
                   {"id": number}, {"number": number}, photo, {"token": "t"},
                   {"uidb64": "MQ", "token": "t-t"}):  # fmt: skip
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    return None


def status(client: Client, address: str) -> str:
    with closing(client.get(address)) as answer:
        return str(answer.status_code)


def test_every_address_answers_each_role_as_the_table_says(
    numbers: dict[str, int], clients: dict[str, Client]
) -> None:
    """A new page that is not in the table fails here, as does one that lets somebody else in."""
    rows = []
    for route, name in sorted(set(patterns(get_resolver()))):
        address = address_of(route, name, numbers) if name else None
        if address is None:
            continue
        answers = [status(client, address) for client in clients.values()]
        assert not any(answer.startswith("5") for answer in answers), (route, answers)
        shown = route.replace("|", "\\|")
        rows.append(f"| `/{shown}` | {' | '.join(answers)} |")
    text = HEAD + "\n".join(rows) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text


def test_staff_that_lack_a_required_second_factor_reach_no_page(
    numbers: dict[str, int], clients: dict[str, Client], settings: Any
) -> None:
    """Every address leads an administrator to where it is turned on, but for those named here."""
    settings.SECOND_FACTOR = "staff"
    browser = {"accept": "text/html"}
    reached = set()
    for route, name in sorted(set(patterns(get_resolver()))):
        address = address_of(route, name, numbers) if name else None
        if address is None:
            continue
        with closing(clients["administrator"].get(address, headers=browser)) as answer:
            led = answer.get("Location", "").startswith("/account/second-factor/?next=")
            refused = answer.status_code == 403 and "second factor" in answer.content.decode()
        if not led and not refused:
            reached.add(f"/{route}")
    assert reached == {
        "/account/second-factor/", "/admin/logout/", "/api/v1/docs/", "/api/v1/schema/",
        "/api/v1/token/", "/healthz", "/language/", "/livez", "/login/", "/login/code/",
        "/login/forgotten/", "/login/new-password/<uidb64>/<token>/", "/logout/", "/texts.js",
    }  # fmt: skip


def test_strangers_see_sign_in_health_and_the_description_of_the_api_alone() -> None:
    """Whatever else answers 200 to nobody is named here."""
    table = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in table if line.startswith("| `")]
    shown = {row[0].strip("`") for row in rows if row[1] == "200"}
    assert shown == {
        "/account/address/<token>/", "/api/v1/docs/", "/api/v1/schema/", "/healthz", "/livez",
        "/login/", "/login/forgotten/", "/login/new-password/<uidb64>/<token>/", "/texts.js",
    }  # fmt: skip
