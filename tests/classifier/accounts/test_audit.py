"""The record of acts is read in the reader's language."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import translation

import classifier
from classifier.accounts import audit
from classifier.admin.account_pages import rights

ACT = re.compile(r'(?:audit\.|\b)record\(\s*"([^"]+)"')


def test_every_act_that_is_recorded_has_words_in_the_catalogs() -> None:
    """A new one would be read in English amid Swedish."""
    files = Path(str(classifier.__file__)).parent.rglob("*.py")
    recorded = {act for file in files for act in ACT.findall(file.read_text(encoding="utf-8"))}
    assert recorded == set(audit.ACTIONS)


@pytest.mark.django_db
def test_administrators_read_the_record_in_swedish(client: Client) -> None:
    """What was done, also in the filter, and counts; names stay what they are."""
    boss = User.objects.create_superuser("Boots")  # a name that is a word of the catalogs
    client.force_login(boss)
    audit.record("used a backup code", by=boss, about="9 left")
    audit.record("reset a second factor", by=boss, about="Boots")
    page = client.get("/admin/classifier/auditentry/", headers={"accept-language": "sv"})
    shown = page.content.decode()
    for words in ("använde en reservkod", "9 kvar", "återställde tvåstegsverifieringen", "Boots"):
        assert words in shown
    for words in ("backup code", "9 left", "Stövlar"):
        assert words not in shown


@pytest.mark.django_db
def test_rights_are_read_in_swedish() -> None:
    """Those of Django, and ours."""
    with translation.override("sv"):
        words = {rights.in_words(right) for right in Permission.objects.all()}
    assert "Klassificering | granskning | Kan lägga till granskning" in words
    assert "Klassificering | omträning | Kan starta en omträning" in words
    assert not [each for each in words if "Can " in each]
