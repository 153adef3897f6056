"""The grid: a wall of photos of one tag, settled together but for the exceptions."""

from collections.abc import Iterable
from typing import Any, Final, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classifier.admin.review import bulk_messages
from classifier.admin.review.endpoints import may_review
from classifier.models import Review
from classifier.models.queries.row_numbers import row_number
from classifier.review import bulk, grid
from classifier.review.errors import ReviewError
from classifier.review.queue import shortcuts
from classifier.review.verdicts import Verdict
from classifier.taxonomy import MAIN_CLASSES, MAIN_OF, SUBCLASSES, TAXONOMY
from classifier.wording import in_words

KEYS: Final = {key.key: key for key in shortcuts.verdict_keys()}
LARGEST: Final = 2**63 - 1


def _named(classes: Iterable[str]) -> list[tuple[str, Any]]:
    return [(name, gettext_lazy(name)) for name in classes]


class Filters(forms.Form):
    """Which photos the wall shows; of the address."""

    tag = forms.ChoiceField(
        label=gettext_lazy("Tagged"),
        choices=[
            *((gettext_lazy(main), _named(subs)) for main, subs in TAXONOMY.items()),
            (gettext_lazy("Not sure"), [
                *_named(MAIN_CLASSES),
                (grid.UNKNOWN, gettext_lazy("Unknown/Others")),
            ]),
        ],
    )  # fmt: skip
    resembles = forms.ChoiceField(
        label=gettext_lazy("Most like"),
        required=False,
        choices=[("", gettext_lazy("any kind")), *_named(SUBCLASSES)],
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput
    )

    @property
    def chosen(self) -> grid.Tag:
        """The photos meant."""
        return grid.Tag(self.cleaned_data["tag"], self.cleaned_data["resembles"] or None)


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the wall; with POST settle what is ticked on it."""
    if not may_review(request.user):
        raise PermissionDenied
    if request.method == "POST":
        _settle(request)
        return HttpResponseRedirect(request.get_full_path())
    filters = Filters(request.GET if "tag" in request.GET else {"tag": SUBCLASSES[0]})
    if not filters.is_valid():
        messages.error(request, _("There is no such tag to show. Please choose one of the list."))
        return HttpResponseRedirect(request.path)
    moderator = cast(User, request.user)  # staff
    # Before the tags are read: what changes from here on was not seen.
    seen_at = timezone.now()
    wall = grid.wall(filters.chosen, moderator=moderator, before=filters.cleaned_data["before"])
    context = {
        **site.each_context(request),
        "title": _("Grid"),
        "filters": filters,
        "wall": wall,
        "groups": _numbered(wall),
        "seen_at": seen_at.isoformat(),
        "verdicts": _verdicts(),
        "preset": _key_of(filters.chosen),
        "older": _older(filters, wall.before),
    }
    return TemplateResponse(request, "admin/classifier/review/grid.html", context)


def _numbered(wall: grid.Wall) -> list[dict[str, Any]]:
    """Return the groups with what their buttons send."""
    return [
        {
            "photos": photos,
            "alike": alike,
            "only": ",".join(str(photo.pk) for photo in photos),
        }
        for photos, alike in (*((group, True) for group in wall.groups), (wall.alone, False))
        if photos
    ]


def _verdicts() -> list[tuple[str, list[shortcuts.Key]]]:
    groups = [(in_words(group.main), list(group.keys)) for group in shortcuts.GROUPS]
    return [*groups, (_("Neither"), list(shortcuts.OTHERS))]


def _key_of(tag: grid.Tag) -> str:
    """Return the key of the verdict that says the same as the tag."""
    sub = tag.resembles or (tag.label if tag.label in SUBCLASSES else "")
    main = MAIN_OF[sub] if sub else tag.label if tag.label in MAIN_CLASSES else ""
    wanted = (main, sub) if main else ("", "")
    return next(
        key.key
        for key in KEYS.values()
        if (key.main, key.sub) == wanted and key.verdict != Review.Verdict.BAD_PHOTO
    )


def _older(filters: Filters, before: int | None) -> str:
    if before is None:
        return ""
    tag = filters.chosen
    return urlencode({"tag": tag.label, "resembles": tag.resembles or "", "before": before})


def _settle(request: HttpRequest) -> None:
    key = KEYS.get(request.POST.get("verdict", ""))
    chosen = _chosen(request)
    if key is None:
        messages.error(request, _("Please choose what the photos show."))
        return
    if not chosen:
        messages.warning(request, _("No photo was ticked, so nothing was done."))
        return
    try:
        done = bulk.confirm(
            moderator=cast(User, request.user),  # staff
            photos=chosen,
            seen_at=bulk_messages.seen_at(request),
            verdict=Verdict(Review.Verdict(key.verdict), key.main or None, key.sub or None),
        )
    except ReviewError as error:
        messages.error(request, str(error))
        return
    label = shortcuts.label_of(key)
    bulk_messages.tell(request, done, label=label, back=request.get_full_path())


def _chosen(request: HttpRequest) -> list[int]:
    """Return the ticked photos; of one group where its own button was used."""
    only = request.POST.get("only", "").split(",")
    ticked = request.POST.getlist("photo")[: grid.WALL]
    asked = set(only) if only != [""] else set(ticked)
    numbers = (row_number(text) for text in ticked if text in asked)
    return [number for number in numbers if number is not None]
