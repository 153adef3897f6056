"""Another mail address for an account: asked for with the password, confirmed by a link sent there.

The present address is told of it before the link goes out. The link holds for an hour; a new
password or another address ends it, so that who reads the notice can stop it.
"""

from typing import Final

from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from classifier.accounts import audit, mail_links
from classifier.accounts.sign_up import AddressTakenError, check_address
from classifier.throttles import address_of

TASK: Final = "classifier.tasks.send_address_mails"
SECONDS: Final = 3600
SALT: Final = "classifier.new-address"


class LinkEndedError(Exception):
    """The link is too old, was used already, or is none of ours."""


class TooManyMailsError(Exception):
    """This account asked for `MAILS_AN_HOUR` within the hour already."""


def request_mails(*, user: User, address: str, request: HttpRequest) -> bool:
    """Ask a worker for a link to the new address and a notice to the present one.

    Returns whether the broker took the message. Whether another account has the address shows in
    the mail alone.

    Raises:
        TooManyMailsError: if this account asked too often; each time the present address is told.
    """
    account = f"account {user.pk}"
    if not mail_links.within_limit(account):
        raise TooManyMailsError
    audit.record("asked for another e-mail address", by=user, address=address_of(request))
    if not mail_links.within_limit(address):
        return True
    return mail_links.ask_worker(
        TASK, user.pk, address, request=request, counted=(address, account)
    )


def send_mails(account: int, address: str, site: str, language: str) -> None:
    """Tell the present address, then send the link to the new one."""
    user = User.objects.filter(pk=account, is_active=True).first()
    if user is None:
        return
    taken = mail_links.is_taken(address, other_than=user)
    context = {
        "site": site, "name": user.get_username(), "address": address,
        "token": None if taken else token_for(user, address),
    }  # fmt: skip
    with translation.override(language):
        subject = render_to_string("registration/address_subject.txt").strip()
        notice = render_to_string("registration/address_notice.txt", context)
        text = render_to_string("registration/address_email.txt", context)
    if user.email:
        send_mail(subject, notice, None, [user.email])
    send_mail(subject, text, None, [address])


def is_name(user: User) -> bool:
    """Return whether the account is named after its address, as those that signed up are."""
    return bool(user.email) and user.get_username().lower() == user.email.lower()


def token_for(user: User, address: str) -> str:
    """Return what stands in the link: account and address, signed."""
    return signing.dumps([user.pk, address, _state(user)], salt=SALT)


def read_token(token: str, *, lock: bool = False) -> tuple[User, str]:
    """Return account and new address of a link.

    Args:
        lock: keep others from changing the account until the transaction ends.

    Raises:
        LinkEndedError: if it cannot be used.
    """
    try:
        account, address, state = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise LinkEndedError from error
    accounts = User.objects.select_for_update() if lock else User.objects.all()
    user = accounts.filter(pk=account, is_active=True).first()
    if user is None or not constant_time_compare(state, _state(user)):
        raise LinkEndedError
    return user, address


@transaction.atomic
def change(token: str, *, from_address: str) -> User:
    """Give the account its new address; one that is named after its address gets a new name too.

    Args:
        from_address: the network address of who follows the link, for the record.

    Raises:
        LinkEndedError: if the link cannot be used.
        AddressTakenError: if another account has the address by now.
    """
    user, address = read_token(token, lock=True)
    if mail_links.is_taken(address, other_than=user):
        raise AddressTakenError(address)
    before = user.get_username()
    if is_name(user):
        user.username = check_address(address)
    user.email = address
    try:
        with transaction.atomic():
            user.save(update_fields=["username", "email"])
    except IntegrityError as error:
        raise AddressTakenError(address) from error
    if user.username != before:
        audit.rename(before, user.username)
    audit.record("changed the e-mail address", by=user, address=from_address)
    return user


def _state(user: User) -> str:
    """What changes with the password and with the address, and tells neither."""
    return salted_hmac(SALT, f"{user.password} {user.email}", algorithm="sha256").hexdigest()
