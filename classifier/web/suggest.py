"""The seller's correction of a tag: a form on the listing's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from classifier.models import Listing
from classifier.photos.receiving import listings
from classifier.review.labels import with_label_parts
from classifier.review.suggestions import SuggestionError, suggest
from classifier.taxonomy import MAIN_OF, TAXONOMY
from classifier.web.views import ListingPage


class SuggestView(LoginRequiredMixin, View):
    """Takes ``kind``: a subclass, or a main class alone; for the seller's own photos only."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        own = listings.own_photos(request.user)  # type: ignore[arg-type]  # signed in
        row = get_object_or_404(own, pk=photo, listing_id=pk)
        kind = request.POST.get("kind", "")
        main = MAIN_OF.get(kind, kind)
        try:
            suggest(
                seller=request.user,  # type: ignore[arg-type]  # signed in, so no AnonymousUser
                photo=row,
                main=main,
                sub=None if kind in TAXONOMY else kind,
            )
        except SuggestionError as error:
            listing = with_label_parts(Listing.objects.all()).get(pk=pk)
            context = {"listing": listing, "problem": str(error), "own": True}
            return render(request, ListingPage.template, context, status=400)
        return redirect("listing", pk=pk)
