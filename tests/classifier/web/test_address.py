"""Another mail address: the password, a link to the new one, a notice to the old one."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from classifier.accounts import mail_links, new_address
from classifier.models import AuditEntry
from tests.classifier.web.conftest import ADDRESS
from tests.classifier.web.test_account import NEW, PASSWORD, SITE, says
from tests.second_factor import a_second_factor, code_of, wrong_code

pytestmark = pytest.mark.django_db

PATH = "/account/address/"
OTHER = "New.Owner@other.example"


def link() -> str:
    """The path in the mail that went to the new address, which is the last one."""
    link = re.search(rf"{SITE}(/account/address/\S+)", str(mail.outbox[-1].body))
    assert link is not None, mail.outbox[-1].body
    return link[1]


def test_the_link_changes_the_address_and_the_old_one_is_told(
    page: Client, owner: User, sent_tasks: Any
) -> None:
    """Until the link is followed, and its button pressed, the address stays as it is."""
    answer = page.post(PATH, {"email": OTHER, "password": PASSWORD})
    assert says(answer, f"A mail to {OTHER} is on its way.")
    (arguments,) = sent_tasks()
    assert arguments[:2] == [owner.pk, OTHER]
    new_address.send_mails(owner.pk, OTHER, SITE, "en-gb")
    notice, _ = mail.outbox
    assert [sent.to for sent in mail.outbox] == [[ADDRESS], [OTHER]]
    assert OTHER in notice.body
    assert f"{SITE}/account/password/" in notice.body
    assert "/account/address/" not in notice.body  # the link is for the new mailbox alone
    elsewhere = Client()  # a phone, where nobody is signed in
    assert says(elsewhere.get(link()), f"The account seller gets the address {OTHER}.")
    owner.refresh_from_db()
    assert owner.email == ADDRESS
    assert says(elsewhere.post(link()), f"Mails go to {OTHER} from now on. You sign in as seller.")
    owner.refresh_from_db()
    assert (owner.username, owner.email) == ("seller", OTHER)
    assert says(page.get("/account/"), OTHER)  # and still signed in
    assert says(elsewhere.get(link()), "used already, or it is too old")
    assert elsewhere.post(link()).status_code == 400
    acts = AuditEntry.objects.filter(who="seller").values_list("action", flat=True)
    assert set(acts) >= {"asked for another e-mail address", "changed the e-mail address"}


def test_who_is_named_after_the_address_gets_another_name(client: Client) -> None:
    """As sellers who signed up are; what is on record about them follows."""
    user = User.objects.create_user(ADDRESS, email=ADDRESS, password=PASSWORD)
    client.post("/login/", {"username": ADDRESS, "password": PASSWORD})
    before = AuditEntry.objects.count()
    assert before == 1
    bad = client.post(PATH, {"email": "o'neil@other.example", "password": PASSWORD})
    assert says(bad, "cannot be part of a name here")
    new_address.send_mails(user.pk, OTHER, SITE, "en-gb")
    assert says(client.get(link()), "From then on you sign in with it, too.")
    client.post(link())
    user.refresh_from_db()
    assert (user.username, user.email) == (OTHER.lower(), OTHER)
    assert not AuditEntry.objects.filter(who=ADDRESS).exists()
    assert AuditEntry.objects.filter(who=OTHER.lower()).count() == before + 1


def test_nothing_is_sent_without_the_password(page: Client, sent_tasks: Any) -> None:
    """Nor to what is no address, nor to the one that the account has."""
    for email, password, problem in (
        (OTHER, "wrong", "This is not your password."),
        ("nonsense", PASSWORD, "Please enter a whole e-mail address."),
        (ADDRESS.upper(), PASSWORD, "This is your address already."),
    ):
        answer = page.post(PATH, {"email": email, "password": password})
        assert answer.status_code == 400
        assert says(answer, problem)
    assert sent_tasks() == []


def test_with_a_second_factor_a_code_is_asked_for_too(
    client: Client, owner: User, sent_tasks: Any
) -> None:
    """The password alone sends nothing; a code is used up only where all else is right."""
    (backup, *_rest) = a_second_factor(owner)
    client.post("/login/", {"username": owner.username, "password": PASSWORD})
    client.post("/login/code/", {"code": code_of(owner)})
    assert says(client.get(PATH), 'autocomplete="one-time-code"')
    for more, problem in (
        ({}, "This field is required."),
        ({"code": "abc"}, "This is neither."),
        ({"code": wrong_code(owner)}, "This code is wrong, or it was used before."),
        ({"code": backup, "password": "wrong"}, "This is not your password."),
        ({"code": backup, "email": "nonsense"}, "Please enter a whole e-mail address."),
    ):
        answer = client.post(PATH, {"email": OTHER, "password": PASSWORD, **more})
        assert answer.status_code == 400
        assert says(answer, problem)
    assert sent_tasks() == []
    right = {"email": OTHER, "password": PASSWORD, "code": backup}
    assert says(client.post(PATH, right), f"A mail to {OTHER} is on its way.")
    assert says(client.post(PATH, right), "This code is wrong, or it was used before.")
    assert len(sent_tasks()) == 1


def test_a_new_password_ends_the_link(owner: User) -> None:
    """Who reads the notice, and did not ask, changes the password; and no link is forged."""
    new_address.send_mails(owner.pk, OTHER, SITE, "en-gb")
    owner.set_password(NEW)
    owner.save()
    assert says(Client().get(link()), "used already, or it is too old")
    assert Client().post(link()).status_code == 400
    assert says(Client().get(f"{PATH}forged/"), "used already, or it is too old")
    owner.refresh_from_db()
    assert owner.email == ADDRESS


def test_an_address_of_another_account_is_told_by_mail_alone(
    page: Client, owner: User, sent_tasks: Any
) -> None:
    """The page answers the same; taken between mail and link, the link says so."""
    new_address.send_mails(owner.pk, OTHER, SITE, "en-gb")
    late = link()
    User.objects.create_user("another", email=OTHER.lower())
    answer = page.post(PATH, {"email": OTHER, "password": PASSWORD})
    assert says(answer, "is on its way")
    new_address.send_mails(owner.pk, OTHER, SITE, "en-gb")
    assert "There is an account with it already." in mail.outbox[-1].body
    assert PATH not in mail.outbox[-1].body
    assert says(page.post(late), "Another account has this address by now.")
    owner.refresh_from_db()
    assert owner.email == ADDRESS


def test_nobody_is_flooded_with_notices(page: Client, sent_tasks: Any) -> None:
    """Three an hour for an account, whatever addresses it names; then the page says so."""
    for number in range(mail_links.MAILS_AN_HOUR):
        page.post(PATH, {"email": f"other-{number}@shop.example", "password": PASSWORD})
    answer = page.post(PATH, {"email": OTHER, "password": PASSWORD})
    assert answer.status_code == 429
    assert says(answer, "You asked for several mails.")
    assert len(sent_tasks()) == mail_links.MAILS_AN_HOUR


def test_the_mails_are_in_the_readers_language(owner: User) -> None:
    """Swedish for who reads the pages in Swedish."""
    new_address.send_mails(owner.pk, OTHER, SITE, "sv")
    assert "Någon, troligen du, vill att kontot seller" in mail.outbox[0].body
    assert "Bekräfta den här inom en timme" in mail.outbox[1].body


def test_an_account_without_an_address_gets_one(client: Client, seller: User) -> None:
    """There is nobody to tell, so one mail goes out."""
    client.force_login(seller)
    assert says(client.get("/account/"), "Add an address")
    new_address.send_mails(seller.pk, OTHER, SITE, "en-gb")
    assert [sent.to for sent in mail.outbox] == [[OTHER]]
    client.post(link())
    seller.refresh_from_db()
    assert (seller.username, seller.email) == ("seller", OTHER)
