"""A person's own account: password, data, deletion, signing up; nothing tells who has one."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from rest_framework.authtoken.models import Token

from classifier.accounts import lockout, mail_links
from classifier.models import AuditEntry, Listing, ListingPhoto
from tests.classifier.listings import uploaded_listing
from tests.classifier.web.conftest import ADDRESS

pytestmark = pytest.mark.django_db

PASSWORD, NEW = "one that no list has", "another that no list has"
SITE = "https://shop.example"


def says(answer: Any, text: str) -> bool:
    return text in " ".join(answer.content.decode().split())


def link_in_mail() -> str:
    """The path of the link in the one mail that was sent."""
    (sent,) = mail.outbox
    link = re.search(rf"{SITE}(/\S+)", str(sent.body))
    assert link is not None, sent.body
    return link[1]


def test_a_new_password_ends_other_sessions_and_the_token(page: Client, owner: User) -> None:
    """This browser stays signed in; another, and the API token, do not."""
    other = Client()
    other.force_login(owner)
    Token.objects.create(user=owner)
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert says(page.post("/account/password/", given, follow=True), "Your password is changed.")
    assert page.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert not Token.objects.exists()


def test_the_old_password_cannot_be_guessed_here_either(page: Client) -> None:
    """Guesses count as those at the sign-in page: after five the password is not looked at."""
    wrong = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    for _ in range(lockout.FREE):
        assert says(page.post("/account/password/", wrong), "not your present password")
    right = {**wrong, "old_password": PASSWORD}
    assert says(page.post("/account/password/", right), "too many attempts")
    assert says(page.post("/account/delete/", {"password": PASSWORD}), "too many attempts")
    assert User.objects.filter(username="seller").exists()


def test_the_link_in_the_mail_sets_a_password_once(client: Client, owner: User) -> None:
    """It ends tokens and sessions as any new password does, and the wait after wrong guesses."""
    Token.objects.create(user=owner)
    for _ in range(lockout.FREE):
        client.post("/login/", {"username": "seller", "password": "wrong"})
    mail_links.send_reset_mail(ADDRESS.upper(), SITE, "en-gb")
    assert mail.outbox[0].to == [ADDRESS]
    link = link_in_mail()
    form = client.get(link)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert not Token.objects.exists()
    client.post("/login/", {"username": "seller", "password": NEW})
    assert client.get("/account/").status_code == 200
    assert says(Client().get(link, follow=True), "used already")


def test_a_password_that_changes_meanwhile_ends_the_link(owner: User) -> None:
    """Whoever reads the mailbox later finds nothing to use."""
    mail_links.send_reset_mail(ADDRESS, SITE, "en-gb")
    owner.set_password(NEW)
    owner.save()
    assert says(Client().get(link_in_mail(), follow=True), "used already")


def test_nothing_tells_whether_an_address_has_an_account(
    client: Client, owner: User, settings: Any, sent_tasks: Callable[[], list[list[Any]]]
) -> None:
    """The page answers the same, asks a worker either way, and an unknown address gets no mail."""
    settings.SIGN_UP = True
    for path in ("/login/forgotten/", "/sign-up/"):
        known, unknown = (
            client.post(path, {"email": address}).content.decode().replace(address, "")
            for address in (ADDRESS, "nobody@shop.example")
        )
        token = re.compile(r'value="\w{64}"')
        assert token.sub("", known) == token.sub("", unknown)
    assert [args[0] for args in sent_tasks()] == [ADDRESS, "nobody@shop.example"] * 2
    mail_links.send_reset_mail("nobody@shop.example", SITE, "en-gb")
    assert mail.outbox == []


def test_nobody_is_flooded_with_mails(
    client: Client, owner: User, sent_tasks: Callable[[], list[list[Any]]]
) -> None:
    """Three an hour go to an address, whoever asks; the page does not tell."""
    for _ in range(5):
        assert says(client.post("/login/forgotten/", {"email": ADDRESS}), "is on its way")
    assert len(sent_tasks()) == mail_links.MAILS_AN_HOUR


def test_without_a_broker_the_page_says_so(client: Client, owner: User) -> None:
    """No broker listens here: a mail that nobody sends is never promised."""
    for _ in range(mail_links.MAILS_AN_HOUR + 1):
        answer = client.post("/login/forgotten/", {"email": ADDRESS})
        assert answer.status_code == 503
        assert says(answer, "Mails cannot be sent just now")


def test_data_is_given_out_from_the_page(page: Client, owner: User) -> None:
    """The same file as the command writes, sent while it is written; and it is noted."""
    uploaded_listing(owner, title="Tote in tan leather")
    answer = page.post("/account/export/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]  # a streaming answer
        assert archive.testzip() is None
        data = json.loads(archive.read("data.json"))
        assert archive.read(f"photos/{ListingPhoto.objects.get().pk}.jpg")[:2] == b"\xff\xd8"
    assert data["account"]["email"] == ADDRESS
    assert data["listings"][0]["title"] == "Tote in tan leather"
    assert AuditEntry.objects.filter(who="seller", action__startswith="exported").count() == 1


def test_an_account_is_deleted_by_its_owner_alone(page: Client, owner: User) -> None:
    """With the right password all goes, and no record has the name any more."""
    uploaded_listing(owner)
    assert says(page.post("/account/delete/", {"password": "wrong"}), "Nothing was deleted.")
    assert Listing.objects.exists()
    page.post("/account/export/")
    assert says(page.post("/account/delete/", {"password": PASSWORD}), "are gone")
    assert not Listing.objects.exists()
    assert not User.objects.exists()
    assert page.get("/account/").status_code == 302
    entries = AuditEntry.objects.values_list("who", "about")
    assert {"seller", ADDRESS} & {text for entry in entries for text in entry} == set()


def test_the_last_administrator_stays(client: Client) -> None:
    """Nobody could give roles any more."""
    root = User.objects.create_superuser("root", password=PASSWORD)
    client.force_login(root)
    answer = client.post("/account/delete/", {"password": PASSWORD})
    assert says(answer, "You are the only administrator.")
    assert User.objects.filter(username="root").exists()


def test_sellers_sign_up_where_it_is_allowed(client: Client, settings: Any) -> None:
    """The address is the name; the link makes a seller, signed in, and works once."""
    assert client.get("/sign-up/").status_code == 404
    settings.SIGN_UP = True
    assert client.get("/sign-up/").status_code == 200
    mail_links.send_sign_up_mail("New@shop.example", SITE, "en-gb")
    link = link_in_mail()
    weak = client.post(
        link, {"new_password1": "new@shop.example", "new_password2": "new@shop.example"}
    )
    assert says(weak, "too similar")
    answer = client.post(link, {"new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == "/"
    user = User.objects.get()
    assert (user.username, user.email) == ("new@shop.example", "new@shop.example")
    assert not user.is_staff
    assert client.get("/").status_code == 200
    assert says(Client().get(link), "used already")
    assert Client().get("/sign-up/forged-token/").status_code == 200
    assert says(Client().get("/sign-up/forged-token/"), "used already, or it is too old")


def test_who_has_an_account_is_told_so_by_mail_alone(owner: User, settings: Any) -> None:
    """Signing up with a known address sends the way to a new password."""
    settings.SIGN_UP = True
    mail_links.send_sign_up_mail(ADDRESS, SITE, "en-gb")
    assert link_in_mail() == "/login/forgotten/"
