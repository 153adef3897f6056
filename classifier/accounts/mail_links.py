"""Mails with a link: for a new password, and to begin an account.

Whether an address has an account shows neither in the answer to a request nor in how long it takes:
the page asks a worker for the mail either way, and the worker looks.
"""

import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import send_mail
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from classifier import notify
from classifier.throttles import SHARED_CACHE

logger = logging.getLogger(__name__)

RESET_TASK: Final = "classifier.tasks.send_reset_mail"
SIGN_UP_TASK: Final = "classifier.tasks.send_sign_up_mail"
# How many mails an address gets in an hour, whoever asks for them.
MAILS_AN_HOUR: Final = 3
SIGN_UP_SECONDS: Final = 24 * 3600
SALT: Final = "classifier.sign-up"


def request_mail(task: str, *, request: HttpRequest, address: str) -> bool:
    """Ask a worker for a mail to this address; return whether the broker took the message.

    More than `MAILS_AN_HOUR` are asked for in vain, and nobody is told.
    """
    if not within_limit(address):
        return True
    return ask_worker(task, address, request=request, counted=(address,))


def within_limit(address: str) -> bool:
    """Count a mail to this address, or for whatever the text names; return whether it may go."""
    key = _counter(address)
    SHARED_CACHE.add(key, 0, 3600)
    if SHARED_CACHE.incr(key) <= MAILS_AN_HOUR:
        return True
    logger.warning("An address was asked to be sent more than %d mails.", MAILS_AN_HOUR)
    return False


def _counter(address: str) -> str:
    return "mails:" + hashlib.sha256(address.casefold().encode()).hexdigest()


def ask_worker(task: str, *args: int | str, request: HttpRequest, counted: Sequence[str]) -> bool:
    """Send a task with these arguments, the site's address and the reader's language.

    Returns whether the broker took the message; else what was ``counted`` for it
    (`within_limit`) is taken back, since nobody sends it.
    """
    site = f"{request.scheme}://{request.get_host()}"
    language = translation.get_language() or settings.LANGUAGE_CODE
    if notify.send(task, *args, site, language, unheard="a mail with a link is not sent"):
        return True
    for each in counted:
        with suppress(ValueError):  # its hour is over
            SHARED_CACHE.decr(_counter(each))
    return False


def send_reset_mail(address: str, site: str, language: str) -> None:
    """Send a link for a new password to the accounts of this address, if there are any."""
    form = PasswordResetForm({"email": address})
    if not form.is_valid():
        return
    scheme, _, host = site.partition("://")
    with translation.override(language):
        form.save(
            domain_override=host,
            subject_template_name="registration/password_reset_subject.txt",
            email_template_name="registration/password_reset_email.txt",
            use_https=scheme == "https",
        )


def send_sign_up_mail(address: str, site: str, language: str) -> None:
    """Send a link that begins an account; who has one is told so, and how to get a password."""
    context = {
        "site": site,
        "address": address,
        "token": None if is_taken(address) else token_for(address),
    }
    with translation.override(language):
        subject = render_to_string("registration/sign_up_subject.txt", context).strip()
        text = render_to_string("registration/sign_up_email.txt", context)
        send_mail(subject, text, None, [address])


def is_taken(address: str, *, other_than: User | None = None) -> bool:
    """Return whether an account has this address, as its name or as its mail address.

    Args:
        other_than: an account that may have it.
    """
    named = User.objects.filter(Q(username__iexact=address) | Q(email__iexact=address))
    return (named.exclude(pk=other_than.pk) if other_than else named).exists()


def token_for(address: str) -> str:
    """Return what stands in the link: the address, signed."""
    return signing.dumps(address, salt=SALT)


def address_in(token: str) -> str | None:
    """Return the address that a link was sent to; None if it is too old or none of ours."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=SIGN_UP_SECONDS))
    except signing.BadSignature:
        return None
