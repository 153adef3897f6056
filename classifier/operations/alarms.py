"""What is wrong becomes a row and a message; so does that it is well again.

Called by the process `monitor` every few seconds. A finding must last for `LASTS` before anybody is
told, so that a restart is none. Whoever could not be told is told with the next round.
"""

import json
import logging
import urllib.request
from collections.abc import Iterable, Sequence
from datetime import timedelta
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q, QuerySet
from django.utils import timezone

from classifier.models import Alarm
from classifier.operations.checks import Finding

logger = logging.getLogger(__name__)

LASTS: Final = timedelta(seconds=60)
WEBHOOK_SECONDS: Final = 10
KEPT: Final = timedelta(days=90)


def consider(findings: Iterable[Finding]) -> None:
    """Begin and end alarms as the findings say, and tell of what began or ended."""
    for finding in findings:
        _consider(finding)
    _tell_of_all()
    Alarm.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()


def _consider(finding: Finding) -> None:
    now = timezone.now()
    alarm = Alarm.objects.filter(check_name=finding.name, ended_at=None).first()
    if finding.is_well:
        if alarm is not None:
            alarm.ended_at = now
            alarm.save(update_fields=["ended_at"])
    elif alarm is None:
        Alarm.objects.create(check_name=finding.name, sentence=finding.sentence, since=now)
    elif alarm.sentence != finding.sentence:
        alarm.sentence = finding.sentence
        alarm.save(update_fields=["sentence"])


def _tell_of_all() -> None:
    now = timezone.now()
    untold = Alarm.objects.filter(told_at=None)
    # What was well again so soon was a restart.
    untold.filter(ended_at__isnull=False).delete()
    for alarm in untold.filter(since__lte=now - LASTS):
        if tell(alarm, "began"):
            Alarm.objects.filter(pk=alarm.pk).update(told_at=now)
    over = Alarm.objects.filter(told_at__isnull=False, ended_at__isnull=False, told_end_at=None)
    for alarm in over:
        if tell(alarm, "ended"):
            Alarm.objects.filter(pk=alarm.pk).update(told_end_at=now)


def untold() -> QuerySet[Alarm]:
    """Return the alarms whose beginning or end somebody is still to be told of."""
    began = Q(told_at=None, since__lte=timezone.now() - LASTS)
    ended = Q(told_at__isnull=False, ended_at__isnull=False, told_end_at=None)
    return Alarm.objects.filter(began | ended)


def tell(alarm: Alarm, what: str) -> bool:
    """Tell everybody that an alarm ``began`` or ``ended``; return whether all could be told."""
    name = alarm.name_in_words
    if what == "began":
        logger.error("Alarm, %s: %s", name, alarm.sentence)
    else:
        logger.warning("All is well again: %s.", name)
    return all([_mail(alarm, what, name), _post(alarm, what)])


def _mail(alarm: Alarm, what: str, name: str) -> bool:
    if not settings.ALARM_MAIL_TO:
        return True
    began = what == "began"
    subject = f"SlowFashion AI: {name}" if began else f"SlowFashion AI: {name} is well again"
    since = f"{timezone.localtime(alarm.since):%d %B %Y %H:%M %Z}"
    body = f"{alarm.sentence}\n\nSince {since}."
    if not began:
        body = f"It is well again. It was since {since}:\n\n{alarm.sentence}"
    try:
        send_mail(subject, body, None, settings.ALARM_MAIL_TO)
    except (SMTPException, OSError) as error:
        logger.warning("The mail of an alarm could not be sent (%s); tried again.", error)
        return False
    return True


def _post(alarm: Alarm, what: str) -> bool:
    if not settings.ALARM_WEBHOOK_URL:
        return True
    ended = alarm.ended_at.isoformat() if alarm.ended_at else None
    message = {
        "event": f"alarm.{what}", "check": alarm.check_name, "text": alarm.sentence,
        "since": alarm.since.isoformat(), "ended_at": ended,
    }  # fmt: skip
    request = urllib.request.Request(  # noqa: S310  # the operator's own address
        settings.ALARM_WEBHOOK_URL,
        data=json.dumps(message).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310  # as above
            return True
    except (OSError, ValueError) as error:
        logger.warning("The webhook of an alarm was not taken (%s); tried again.", error)
        return False


def open_alarms() -> Sequence[Alarm]:
    """Return what is wrong now, the oldest first."""
    return list(Alarm.objects.filter(ended_at=None).order_by("since"))
