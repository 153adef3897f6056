"""The seller's pages: upload, listings, sign in."""

import logging
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from classifier import wording
from classifier.accounts import lockout
from classifier.accounts.second_factor import devices, first_step
from classifier.photos.access import listings_for
from classifier.photos.receiving import intake
from classifier.photos.receiving.listings import own_listings
from classifier.photos.storage import RETRY_AFTER_SECONDS, StorageUnavailableError
from classifier.review import labels
from classifier.throttles import LoginThrottle, UploadThrottle
from slowfashion_ai.database.database_answers import database_answers

logger = logging.getLogger(__name__)


def too_often_sentence() -> str:
    return _("That was a little often. Please wait a minute and try again.")


def minutes_left(seconds: int) -> str:
    """Return what somebody is told who must wait until they may try a password again."""
    minutes = -(-seconds // 60)
    return ngettext(
        "There were too many attempts to sign in to this account. Please wait %(minutes)d minute "
        "and try again.",
        "There were too many attempts to sign in to this account. Please wait %(minutes)d minutes "
        "and try again.",
        minutes,
    ) % {"minutes": minutes}


def too_often(request: HttpRequest, throttle: type[SimpleRateThrottle]) -> bool:
    """Return whether a request is over the limit, which pages and API share."""
    # A throttle looks at the user and the address alone, which both kinds of request have.
    return not throttle().allow_request(request, None)  # type: ignore[arg-type]


class TitleForm(forms.Form):
    """The form of an upload, without its photos."""

    title = forms.CharField(max_length=200, required=False)


class UploadPage(LoginRequiredMixin, View):
    """Drop photos here. The page sends them through the API; the plain form works alike."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page([])

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TitleForm(request.POST)
        if not form.is_valid():
            return self._page([str(text) for text in form.errors["title"]], status=400)
        if too_often(request, UploadThrottle):
            return self._page([too_often_sentence()], status=429)
        try:
            received = intake.receive_listing(
                seller=request.user,  # type: ignore[arg-type]  # signed in, so no AnonymousUser
                title=form.cleaned_data["title"],
                uploads=request.FILES.getlist("photos"),
            )
        except intake.IntakeError as error:
            return self._page(error.problems, status=400)
        except StorageUnavailableError as error:
            logger.error("An upload needs the photo storage: %s", error, exc_info=error)
            page = self._page([str(wording.STORAGE_UNAVAILABLE)], status=503)
            page.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return page
        for refusal in received.refused:
            messages.error(request, refusal.reason)
        return redirect("listing", pk=received.listing.pk)

    def _page(self, problems: list[str], status: int = 200) -> HttpResponse:
        context = {"problems": problems, **_limits()}
        return render(self.request, "classifier/upload.html", context, status=status)


class EditPage(LoginRequiredMixin, View):
    """The same page for a listing that is there: it adds, removes and arranges photos."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = own_listings(request.user)  # type: ignore[arg-type]  # signed in
        context = {"listing": get_object_or_404(mine, pk=pk), **_limits()}
        return render(request, "classifier/upload.html", context)


def _limits() -> dict[str, int]:
    return {
        "max_bytes": settings.PHOTO_MAX_BYTES,
        "longest_side": settings.BROWSER_LONGEST_SIDE,
        "max_megabytes": settings.PHOTO_MAX_BYTES // 2**20,
        "max_photos": settings.PHOTOS_PER_LISTING,
    }


class ListingPage(LoginRequiredMixin, View):
    """One listing; without JavaScript the page reloads itself while a photo is pending."""

    template = "classifier/listing.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        listing = get_object_or_404(labels.with_label_parts(listings_for(request.user)), pk=pk)
        pending = any(photo.status == "pending" for photo in listing.photos.all())
        own = listing.seller_id == request.user.pk
        context = {"listing": listing, "pending": pending, "own": own}
        return render(request, self.template, context)


class TagsFragment(ListingPage):
    """The tags of one listing, for a page that waits for them."""

    template = "classifier/tags.html"


class SignIn(LoginView):
    """Sign in; attempts are limited by address. `CodePage` asks for a second factor's code."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sign_up=settings.SIGN_UP, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if too_often(request, LoginThrottle):
            return self._refuse(too_often_sentence())
        if wait := lockout.seconds_left(request, request.POST.get("username", "")):
            return self._refuse(minutes_left(wait), wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user: Any = form.get_user()
        if not devices.is_on(user):
            return super().form_valid(form)
        first_step.begin(self.request, user)
        following = self.get_redirect_url()
        query = f"?{urlencode({'next': following})}" if following else ""
        return redirect(reverse("login-code") + query)

    def _refuse(self, problem: str, wait: int = 60) -> HttpResponse:
        # An unbound form: the password is not even looked at.
        context = self.get_context_data(form=self.form_class(self.request), problem=problem)
        headers = {"Retry-After": str(wait)}
        return self.render_to_response(context, status=429, headers=headers)


@require_safe
@never_cache
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Send who wants into the admin to the one sign-in page; a signed-in seller gets a 403."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether this process and its database answer, to anybody, and nothing else."""
    try:
        database_answers()
    except (DatabaseError, TimeoutError):
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})
