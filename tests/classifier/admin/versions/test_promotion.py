"""Promoting a model version in the admin: to whom it is offered, and what it insists on."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.models import (
    ModelVersion,
)
from classifier.versions import promotion, registry
from tests.classifier.admin.pages import VERSIONS, page_of, words
from tests.classifier.candidates import a_candidate, gate_report
from tests.tagged_photos import a_moderator

pytestmark = pytest.mark.django_db


def test_a_person_with_the_right_promotes_against_the_gate(
    client: Client, boss: User, champion: ModelVersion
) -> None:
    """The dialog insists on a reason, which the history of the version shows."""
    worse = a_candidate(
        champion, "worse", state="rejected", gate=gate_report(champion.name, "worse")
    )
    address = f"{VERSIONS}{worse.pk}/promote_against_gate/"
    client.force_login(boss)
    assert address in client.get(f"{VERSIONS}{worse.pk}/change/").content.decode()
    sent = {"_form_submitted": "on", "champion": champion.pk}
    assert (
        "This field is required" in client.post(address, {**sent, "reason": " "}).content.decode()
    )
    assert registry.champion() == champion
    client.post(address, {**sent, "reason": "Clutches are not sold any more. <b>"})
    assert registry.champion() == worse
    page = client.get(f"{VERSIONS}{worse.pk}/change/").content.decode()
    assert "promoted against the gate: boss" in words(page)
    assert "Reason: Clutches are not sold any more. &lt;b&gt;" in page


def test_to_overrule_the_gate_takes_a_right_of_its_own(
    client: Client, champion: ModelVersion
) -> None:
    """Who may promote what the gate let through is not offered it, and cannot send it."""
    kept = a_candidate(champion, "kept", gate=gate_report(champion.name, "kept"))
    client.force_login(a_moderator("engineer", rights=["view_modelversion", "change_modelversion"]))
    page = client.get(f"{VERSIONS}{kept.pk}/change/").content.decode()
    for action in ("promote", "promote_against_gate"):
        address = f"{VERSIONS}{kept.pk}/{action}/"
        assert address not in page
        assert client.post(address, {"_form_submitted": "on", "reason": "So."}).status_code == 403
    assert registry.champion() == champion


def test_only_what_can_be_promoted_offers_it(
    client: Client, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """A candidate has the button; the champion and a rejected version have not, nor the address."""
    rejected = a_candidate(champion, "worse", state="rejected")
    client.force_login(boss)
    for version, offered in ((candidate, True), (champion, False), (rejected, False)):
        address = f"{VERSIONS}{version.pk}/promote/"
        assert (
            address in client.get(f"{VERSIONS}{version.pk}/change/").content.decode()
        ) == offered
        if not offered:
            assert client.post(address, {"_form_submitted": "on"}).status_code == 403
    assert registry.champion() == champion


def test_a_promotion_holds_for_the_champion_that_was_shown(
    client: Client, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """If another became champion while the question was open, nothing changes and it says so."""
    client.force_login(boss)
    address = f"{VERSIONS}{candidate.pk}/promote/"
    shown = re.search(r'name="champion" value="(\d+)"', client.get(address).content.decode())
    assert shown
    other = a_candidate(champion, "faster")
    promotion.promote(version=other)
    client.post(address, {"_form_submitted": "on", "champion": shown[1]})
    assert registry.champion() == other
    assert "meanwhile faster is the champion" in client.get(VERSIONS).content.decode()


def test_the_first_page_warns_of_a_champion_that_cannot_be_loaded(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """Who may see models reads which, why and what to do; others see no alarm."""
    ModelVersion.objects.filter(pk=champion.pk).update(
        load_error="weights.safetensors is damaged.", load_failed_at=timezone.now()
    )
    client.force_login(onlooker)
    page = words(client.get("/admin/").content.decode())
    assert f"The champion {champion} could not be loaded. weights.safetensors is damaged." in page
    assert "A worker could not load it" in page_of(client, champion)
    client.force_login(a_moderator("stranger", rights=["view_review"]))
    assert "could not be loaded" not in client.get("/admin/").content.decode()
