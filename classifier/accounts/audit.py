"""The record of acts: who signed in, took data out, or had data deleted.

Reviews and promotions are records of their own. Failed attempts to sign in are in the log and in
the lock-out's counters: strangers could fill a table with them. Wrong codes of a second factor are
here: who gives one has the password, and few are looked at before the lock-out.
"""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop

from classifier.models import AuditEntry
from classifier.sentences import stored
from classifier.throttles import address_of

# What is done, for the catalogs: it is kept in English.
ACTIONS: Final = (
    gettext_noop("signed in"), gettext_noop("signed up"),
    gettext_noop("entered a wrong code"), gettext_noop("used a backup code"),
    gettext_noop("turned on a second factor"), gettext_noop("turned off a second factor"),
    gettext_noop("reset a second factor"), gettext_noop("made new backup codes"),
    gettext_noop("asked for another e-mail address"), gettext_noop("changed the e-mail address"),
    gettext_noop("exported a seller's data"), gettext_noop("deleted a seller's data"),
    gettext_noop("exported labels"), gettext_noop("listings expired"),
)  # fmt: skip
_COUNTS: Final = (gettext_noop("%(count)s left"), gettext_noop("%(count)s listings"))


def record(action: str, *, by: User | None, about: str = "", address: str = "") -> None:
    """Note an act.

    Args:
        by: who; None for the command line.
        about: what it was done to, in words.
    """
    AuditEntry.objects.create(
        action=action, who=by.get_username() if by else "", about=about[:300], address=address[:45]
    )


def in_words(entry: AuditEntry) -> tuple[str, str]:
    """Return what was done and to what, in the reader's language."""
    return stored(entry.action, ACTIONS), stored(entry.about, _COUNTS)


def rename(old: str, new: str) -> None:
    """Give all entries about an account its other name, those in the admin's own record too."""
    AuditEntry.objects.filter(who=old).update(who=new)
    AuditEntry.objects.filter(about=old).update(about=new)
    LogEntry.objects.filter(object_repr=old).update(object_repr=new)


def record_sign_in(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Note who signed in from where; receives Django's ``user_logged_in``."""
    record("signed in", by=user, address=address_of(request) if request else "")


def forget_old() -> int:
    """Remove entries that are older than `AUDIT_KEEP_DAYS`; return how many there were."""
    old = timezone.now() - timedelta(days=settings.AUDIT_KEEP_DAYS)
    return AuditEntry.objects.filter(at__lt=old).delete()[0]
