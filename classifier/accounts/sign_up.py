"""Making an account of one's own, where the setting `SIGN_UP` allows it."""

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from classifier.accounts import audit
from classifier.accounts.mail_links import is_taken


class AddressTakenError(Exception):
    """There is an account with this address already."""


def check_address(address: str) -> str:
    """Return a mail address as the name of an account.

    Raises:
        ValidationError: if it cannot be a name.
    """
    name = address.lower()
    if len(name) > 150:
        raise ValidationError(_("This address is too long; at most 150 characters can be used."))
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise ValidationError(
            _("This address has characters that cannot be part of a name here. Please use another.")
        ) from error
    return name


def make_seller(*, address: str, password: str, from_address: str) -> User:
    """Make a seller's account whose name is its mail address.

    Args:
        from_address: the network address of who asks, for the record.

    Raises:
        AddressTakenError: if there is one already.
    """
    if is_taken(address):
        raise AddressTakenError(address)
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, email=address, password=password)
            audit.record("signed up", by=user, address=from_address)
    except IntegrityError as error:
        raise AddressTakenError(address) from error
    return user
