"""What settling many photos did, in words, with the button that undoes it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classifier.review import bulk


def seen_at(request: HttpRequest) -> datetime | None:
    """Return when the page with the tags was made; None if it does not say so."""
    try:
        moment = parse_datetime(request.POST.get("seen_at", ""))
    # In the form of a date that no calendar has.
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def tell(request: HttpRequest, done: bulk.Confirmed, *, label: str = "", back: str = "") -> None:
    """Say what was done.

    Args:
        label: the verdict for all of them; empty where each got its tag.
        back: where undoing leads; the list of photos if it is empty.
    """
    left = "".join(
        " " + _("%(count)d left out: %(why)s.") % {"count": count, "why": why}
        for why, count in done.left_out.most_common()
    )
    if not done.count:
        messages.warning(request, _("Nothing was confirmed.") + left)
        return
    messages.success(
        request,
        format_html(
            '{}{} <form method="post" action="{}" class="inline" data-undo>'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<input type="hidden" name="next" value="{}">'
            '<button class="underline font-semibold">{}</button></form>',
            _in_words(done.count, label),
            left,
            reverse("admin:review_bulk_undo", args=[done.batch]),
            get_token(request),
            back,
            _("Undo"),
        ),
    )


def _in_words(count: int, label: str) -> str:
    if not label:
        return ngettext("%d photo confirmed.", "%d photos confirmed.", count) % count
    words = ngettext(
        "%(count)d photo set to %(label)s.", "%(count)d photos set to %(label)s.", count
    )
    return words % {"count": count, "label": label}


def address_back(request: HttpRequest) -> str:
    """Return where an undoing leads: what the form says, if it is a page of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("admin:classifier_listingphoto_changelist")
