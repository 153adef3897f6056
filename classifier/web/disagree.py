"""A seller's disagreement with a moderator: a form on the listing's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from classifier.models import Listing
from classifier.photos.receiving import listings
from classifier.review.disagreements import DisagreementError, disagree
from classifier.review.labels import with_label_parts
from classifier.taxonomy import MAIN_OF, TAXONOMY
from classifier.web.views import ListingPage


class DisagreeView(LoginRequiredMixin, View):
    """Takes ``kind`` (a subclass, a main class alone, or none) and ``note``, a line."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        own = listings.own_photos(request.user)  # type: ignore[arg-type]  # signed in
        row = get_object_or_404(own, pk=photo, listing_id=pk)
        kind = request.POST.get("kind", "")
        try:
            disagree(
                seller=request.user,  # type: ignore[arg-type]  # signed in, so no AnonymousUser
                photo=row,
                main=MAIN_OF.get(kind, kind) or None,
                sub=None if kind in TAXONOMY else kind or None,
                note=request.POST.get("note", ""),
            )
        except DisagreementError as error:
            listing = with_label_parts(Listing.objects.all()).get(pk=pk)
            context = {"listing": listing, "problem": str(error), "own": True}
            return render(request, ListingPage.template, context, status=400)
        return redirect("listing", pk=pk)
