"""The queue page's JSON endpoints; each calls one service."""

import json
import logging
import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from classifier import wording
from classifier.models import ListingPhoto, QueueItem, Review
from classifier.photos import gradcam
from classifier.photos.storage import RETRY_AFTER_SECONDS, StorageUnavailableError
from classifier.review import direct, verdicts, whole_listing
from classifier.review.errors import ConflictError, PhotoGoneError, ReviewError
from classifier.review.guidance import practice
from classifier.review.queue import cards, claims
from classifier.review.queue.counters import counters

logger = logging.getLogger(__name__)

RIGHTS: Final = ("classifier.add_review", "classifier.view_listingphoto")
CLAIMS_AT_ONCE: Final = 50

P = ParamSpec("P")
Body = dict[str, Any]
Action = Callable[[User, Body], Body]


class BadRequestError(Exception):
    """The body of a request is wrong; the message says what was expected."""


def may_review(user: Any) -> bool:
    """Return whether a user may review photos."""
    return bool(user.is_active and user.is_staff and user.has_perms(RIGHTS))


def for_moderators(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Refuse in JSON whoever may not review: a script cannot follow a redirect to a form."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _refused(
                401, _("You are signed out. Sign in again; your verdicts are kept here.")
            )
        if not may_review(request.user):
            return _refused(
                403, _("You may not review photos. Ask an administrator for the right.")
            )
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def _refused(status: int, message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def endpoint(act: Action) -> Callable[[HttpRequest], HttpResponseBase]:
    """Make a view that takes JSON by POST and calls ``act`` with the moderator and the body."""

    @for_moderators
    @wraps(act)
    def view(request: HttpRequest) -> JsonResponse:
        if request.method != "POST":
            return _refused(405, "POST was expected.")
        user = cast(User, request.user)  # signed in, as the guard saw to
        try:
            body = _body(request)
            # A page that outlived its session must not decide in the next moderator's name.
            if body.get("moderator", user.pk) != user.pk:
                return _refused(401, _("This page was opened by somebody else. Reload it."))
            return JsonResponse(act(user, body))
        except ConflictError as conflict:
            return JsonResponse({"message": str(conflict), **_next(user, body)}, status=409)
        except (ReviewError, BadRequestError) as error:
            return _refused(400, str(error))

    return view


def _body(request: HttpRequest) -> Body:
    if request.content_type != "application/json":
        # What a page sends while it closes is a form.
        return {"claims": request.POST.getlist("claims")}
    try:
        body = json.loads(request.body)
    # Python reads JSON that is nested a thousand deep by raising a RecursionError.
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The request holds no JSON that can be read.") from error
    if not isinstance(body, dict) or not all(map(_is_flat, body.values())):
        raise BadRequestError("A JSON object of plain values was expected.")
    return body


def _is_flat(value: object) -> bool:
    """Return whether a value is plain, or a list of plain ones: all that the page ever sends."""
    inside = value if isinstance(value, list) else [value]
    return not any(isinstance(item, list | dict) for item in inside)


def _uuids(body: Body) -> list[UUID]:
    values = body.get("claims")
    if not isinstance(values, list) or len(values) > CLAIMS_AT_ONCE:
        raise BadRequestError(f"`claims` must be a list of at most {CLAIMS_AT_ONCE}.")
    return [_uuid(value) for value in values]


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise BadRequestError(f"A claim was expected; {value!r} came.") from error


def number_in(body: Body, name: str) -> int:
    """Return a number of a row that the body names.

    Raises:
        BadRequestError: if it is none.
    """
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise BadRequestError(f"`{name}` must be a number of ours; {value!r} came.")
    return value


def _seconds(body: Body) -> float | None:
    value = body.get("seconds")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def verdict_in(body: Body) -> verdicts.Verdict:
    """Return the verdict of a body.

    Raises:
        BadRequestError, InvalidVerdictError: if it makes no sense.
    """
    try:
        kind = Review.Verdict(str(body.get("verdict")))
    except ValueError as error:
        raise BadRequestError(f"There is no verdict {body.get('verdict')!r}.") from error
    because, note = _label(body, "because") or "", _label(body, "note") or ""
    return verdicts.Verdict(kind, _label(body, "main"), _label(body, "sub"), because, note)


def _label(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequestError(f"`{name}` must be a text; {value!r} came.")
    return value or None


def _next(user: User, body: Body) -> Body:
    if not body.get("want"):
        return {}
    # One at a time: the page says so while it has one that is not decided.
    golden = None if body.get("practising") else practice.next_golden(user)
    if golden is not None:
        return {"next": cards.golden_card(golden, key=uuid4())}
    item = claims.claim_next(moderator=user)
    return {"next": cards.card(item) if item else None}


@endpoint
def take(user: User, body: Body) -> Body:
    """Claim the next photo."""
    return _next(user, {**body, "want": True})


@endpoint
def decide(user: User, body: Body) -> Body:
    """Store a verdict and claim the next photo; with ``listing`` for all photos of the listing."""
    verdict = verdict_in(body)
    with transaction.atomic():
        review = verdicts.record_verdict(
            moderator=user,
            item=number_in(body, "item"),
            claim=_uuid(body.get("claim")),
            verdict=verdict,
            seconds=_seconds(body),
        )
        others = _for_listing(review, verdict, body)
    return {**cards.answer_to_verdict(review), "others": others, **_next(user, body)}


def _for_listing(review: Review, verdict: verdicts.Verdict, body: Body) -> int:
    return whole_listing.settle_others(review, verdict=verdict) if body.get("listing") else 0


@endpoint
def undo(user: User, body: Body) -> Body:
    """Take a verdict back; the photo comes up again, one that was chosen as ``photo``."""
    item = whole_listing.undo(moderator=user, review=number_in(body, "review"))
    if "photo" in body:
        return {**_chosen(user, number_in(body, "photo")), **_counted(user)}
    return {"card": cards.card(item) if item and item.claim else None, **_counted(user)}


@endpoint
def choose(user: User, body: Body) -> Body:
    """Show one photo that the moderator names, queued or not, settled or not."""
    return _chosen(user, number_in(body, "photo"))


def _chosen(user: User, photo: int) -> Body:
    rows = ListingPhoto.objects.select_related(
        "listing", "model_version", "suggestion", "disagreement__review"
    )
    row = rows.filter(pk=photo).first()
    if row is None:
        raise PhotoGoneError
    settled = direct.settled_review(photo, moderator=user)
    return {"card": cards.chosen_card(row, settled=settled, key=uuid4())}


@endpoint
def settle(user: User, body: Body) -> Body:
    """Store a verdict on a photo that the moderator chose."""
    verdict = verdict_in(body)
    with transaction.atomic():
        review = direct.settle(
            moderator=user,
            photo=number_in(body, "photo"),
            key=_uuid(body.get("claim")),
            seen=None if body.get("seen") is None else number_in(body, "seen"),
            verdict=verdict,
            seconds=_seconds(body),
        )
        others = _for_listing(review, verdict, body)
    return {**cards.answer_to_verdict(review), "others": others}


@endpoint
def skip(user: User, body: Body) -> Body:
    """Leave a photo to others."""
    claims.skip(moderator=user, claim=_uuid(body.get("claim")))
    return _next(user, body)


@endpoint
def back(user: User, body: Body) -> Body:
    """Claim a skipped photo again."""
    return {"card": cards.card(claims.take_back(moderator=user, item=number_in(body, "item")))}


@endpoint
def again(user: User, body: Body) -> Body:
    """Bring back everything skipped."""
    return {"count": claims.show_skipped_again(moderator=user), **_next(user, body)}


@endpoint
def keep(user: User, body: Body) -> Body:
    """Renew the leases of what is on the screen."""
    kept = claims.keep(moderator=user, claims=_uuids(body))
    return {"kept": [str(claim) for claim in kept], **_counted(user)}


@endpoint
def release(user: User, body: Body) -> Body:
    """Give back what was on a screen that closes."""
    claims.release(moderator=user, claims=_uuids(body))
    return {}


def _counted(user: User) -> Body:
    return {"counters": counters(moderator=user).as_dict()}


@for_moderators
def gradcam_image(request: HttpRequest, photo: int) -> HttpResponseBase:
    """The Grad-CAM image of a photo, or 202 while a worker makes it."""
    row = ListingPhoto.objects.filter(pk=photo).first()
    if row is None:
        return _refused(404, _("This photo was deleted meanwhile."))
    if QueueItem.objects.filter(photo=row, is_open=True, blind=True).exists():
        return _refused(409, _("This photo is reviewed blind; the map comes after the verdict."))
    try:
        png = gradcam.stored_image(row)
    except StorageUnavailableError as error:
        logger.error("A Grad-CAM image needs the photo storage: %s", error, exc_info=error)
        response = _refused(503, str(wording.STORAGE_UNAVAILABLE))
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    if png is not None:
        return HttpResponse(png, content_type="image/png")
    if "ask" in request.GET and not gradcam.request_image(row):
        return _refused(503, _("No worker can be reached just now. Try again in a minute."))
    return JsonResponse({}, status=202)
