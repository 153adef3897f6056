"""A seller's changes to a listing: title, deletion and its undoing; plain forms."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from classifier.photos.receiving import listings
from classifier.web.views import TitleForm


class ChangeView(LoginRequiredMixin, View):
    """Changes come by POST, and each is for the listing's own seller."""

    http_method_names = ("post",)


class RenameView(ChangeView):
    """Takes ``title``, which may be empty."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = listings.own_listings(request.user)  # type: ignore[arg-type]  # signed in
        listing = get_object_or_404(mine, pk=pk)
        form = TitleForm(request.POST)
        if not form.is_valid():
            return HttpResponse(_("A title has 200 characters at most."), status=400)
        listings.rename(listing, title=form.cleaned_data["title"])
        return redirect("listing", pk=pk)


class DeleteView(ChangeView):
    """Leads to the list, which offers to bring the listing back."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = listings.own_listings(request.user)  # type: ignore[arg-type]  # signed in
        listings.delete(get_object_or_404(mine, pk=pk))
        return redirect(f"{reverse('listings')}?deleted={pk}")


class RestoreView(ChangeView):
    """Brings back what was deleted just now; later it is gone."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mine = listings.restorable_listings(request.user)  # type: ignore[arg-type]  # signed in
        listing = get_object_or_404(mine, pk=pk)
        listings.restore(listing)
        return redirect("listing", pk=pk)
