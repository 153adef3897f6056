"""Taking away the second factor of somebody who has neither phone nor backup codes."""

from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from classifier import notify
from classifier.accounts import audit
from classifier.accounts.second_factor import devices
from classifier.throttles import address_of

MAIL_TASK: Final = "classifier.tasks.send_reset_notice"


def reset(request: HttpRequest, user: User, *, by: User) -> bool:
    """Remove somebody's second factor and note who did; return whether there was one."""
    if not devices.turn_off(user):
        return False
    name = user.get_username()
    audit.record("reset a second factor", by=by, about=name, address=address_of(request))
    return True


def request_notice(request: HttpRequest, user: User, *, by: User) -> bool:
    """Ask a worker to tell the person by mail; return whether a mail is on its way."""
    if not user.email:
        return False
    site = f"{request.scheme}://{request.get_host()}"
    unheard = "nobody is told of a second factor that was reset"
    return notify.send(MAIL_TASK, user.pk, by.get_username(), site, unheard=unheard)


def send_notice(user_pk: int, by: str, site: str) -> None:
    """Tell somebody that their second factor was reset, in every language that there is."""
    user = User.objects.filter(pk=user_pk).exclude(email="").first()
    if user is None:
        return
    context, subjects, texts = {"user": user, "by": by, "site": site}, [], []
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            subjects.append(
                render_to_string("registration/second_factor_reset_subject.txt").strip()
            )
            texts.append(
                render_to_string("registration/second_factor_reset_email.txt", context).strip()
            )
    send_mail(" / ".join(subjects), "\n\n---\n\n".join(texts) + "\n", None, [user.email])
