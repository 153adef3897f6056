"""Texts are translated, compiled, and shown in the language that was asked for."""

import gettext
import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as gettext_of
from django.utils.translation import pgettext

from tests import catalogs
from tests.classifier.listings import upload

SWEDISH = {"accept-language": "sv-SE,sv;q=0.9,en;q=0.5"}
NAMED = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?em>")


def texts(message: Any) -> tuple[list[str], list[str]]:
    """What is to be translated, and the translations."""
    pairs = (message.id, message.string)
    return tuple(list(each) if isinstance(each, tuple) else [each] for each in pairs)  # type: ignore[return-value]  # two


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_every_text_has_a_translation(domain: str) -> None:
    """What pages and scripts mark is in the catalog, and nothing else; `make messages` adds it."""
    now, kept = catalogs.updated(domain), catalogs.catalog(domain)
    assert {(m.id, m.context) for m in now} == {(m.id, m.context) for m in kept}
    missing = [m.id for m in kept if m.id and not all(texts(m)[1])]
    assert missing == []
    assert [m.id for m in kept if m.id and m.fuzzy] == []


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_translations_keep_what_is_filled_in(domain: str) -> None:
    """Names of values and emphasis are the same in both languages."""
    for message in catalogs.catalog(domain):
        if message.id:
            originals, translations = texts(message)
            expected = sorted(NAMED.findall(originals[-1]))
            for translation in filter(None, translations):
                assert sorted(NAMED.findall(translation)) == expected, translation


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_the_compiled_catalog_is_that_of_the_texts(domain: str) -> None:
    """Nobody needs gettext's programs: what Django reads is kept, and fits."""
    compiled = (catalogs.FOLDER / f"{domain}.mo").read_bytes()
    kept, fresh = (
        gettext.GNUTranslations(io.BytesIO(each)) for each in (compiled, catalogs.compiled(domain))
    )
    assert vars(kept)["_catalog"] == vars(fresh)["_catalog"]


def test_no_other_catalog_comes_before_ours() -> None:
    """Django has other words for some of the same English texts, such as "None"."""
    with translation.override("sv"):
        for message in catalogs.catalog("django"):
            if message.id and isinstance(message.id, str):
                context = message.context
                shown = pgettext(context, message.id) if context else gettext_of(message.id)
                assert shown == message.string


@pytest.mark.django_db
def test_the_browsers_language_decides_and_a_choice_is_kept(client: Client) -> None:
    """Swedish where it is asked for first; who chose English keeps it; others get English."""
    assert "Glömt lösenordet?" in client.get("/login/", headers=SWEDISH).content.decode()
    assert 'lang="sv"' in client.get("/login/", headers=SWEDISH).content.decode()
    for languages in ("de-DE,de", "en-US,en", ""):
        page = client.get("/login/", headers={"accept-language": languages}).content.decode()
        assert "Forgotten your password?" in page
    answer = client.post("/language/", {"language": "en-gb", "next": "/login/"}, headers=SWEDISH)
    assert answer["Location"] == "/login/"
    assert "Forgotten your password?" in client.get("/login/", headers=SWEDISH).content.decode()
    client.post("/language/", {"language": "sv", "next": "https://elsewhere.example/"})
    assert "Glömt lösenordet?" in client.get("/login/").content.decode()


@pytest.mark.django_db
def test_refusals_are_said_in_the_sellers_language(client: Client, seller: User) -> None:
    """Those of rules that know no Django too, on the page and from the API that scripts ask."""
    client.force_login(seller)
    page = client.post(
        "/", {"photos": [upload("a.txt", b"hello")]}, headers=SWEDISH
    ).content.decode()
    assert "a.txt: Filen är ingen bild som vi kan läsa." in page
    draft = client.post("/api/v1/drafts/", headers={**SWEDISH, "Idempotency-Key": str(seller.pk)})
    assert draft.status_code == 400
    script = client.get("/texts.js", headers=SWEDISH).content.decode()
    assert "Anslutningen br\\u00f6ts." in script
    assert "Anslutningen" not in client.get("/texts.js").content.decode()
