"""A seller's lists of listings and of photos: searched, filtered, and page by page."""

from typing import Any, Final

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from classifier import wording
from classifier.decision import Outcome
from classifier.models import Listing, ListingPhoto, Review
from classifier.models.queries.bounded_paginator import BoundedPaginator
from classifier.models.queries.row_numbers import row_number
from classifier.photos.receiving.listings import own_listings, own_photos, restorable_listings
from classifier.review import labels
from classifier.taxonomy import SUBCLASSES, TAXONOMY

LISTINGS_A_PAGE: Final = 24
PHOTOS_A_PAGE: Final = 48
# So many pages are counted and turned over: to count more, or to skip them, reads all of them.
MOST_PAGES: Final = 100
LONGEST_SEARCH: Final = 100
STATES: Final = (
    ("", _("All")), ("draft", _("Drafts")), ("pending", _("Being looked at")),
    ("question", _("Questions to you")), ("settled", _("Settled")), ("failed", _("Not readable")),
)  # fmt: skip


class Pages(BoundedPaginator):
    """Numbered pages, `MOST_PAGES` at most."""

    @property
    def most(self) -> int:
        """How many rows are turned over at most."""
        return MOST_PAGES * self.per_page

    def rows_of_page(self, first: int, last: int) -> QuerySet[Any]:
        """Return the rows from ``first`` to before ``last``; the first page is one query."""
        rows: Any = self.object_list
        page: QuerySet[Any] = super().rows_of_page(first, last) if first else rows[:last]
        return page


class ListForm(forms.Form):
    """What is looked for; what makes no sense is left out, and the list shows everything."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "id": "search", "autocomplete": "off"}),
    )  # fmt: skip
    show = forms.ChoiceField(label=_("Show"), required=False, choices=STATES)
    kind = forms.ChoiceField(label=_("Class"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        tree = [
            (wording.in_words(main), [(name, wording.in_words(name)) for name in (main, *subs)])
            for main, subs in TAXONOMY.items()
        ]
        field: Any = self.fields["kind"]
        field.choices = [("", _("All")), *tree]
        self.full_clean()

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name, ""))

    @property
    def is_used(self) -> bool:
        return any(map(self.value, self.fields))


def _spellings(text: str) -> set[str]:
    """Return a search in the usual cases: SQLite knows capital letters of ASCII alone."""
    return {text, text.lower(), text.upper(), text.capitalize()}


def _containing(field: str, text: str) -> Q:
    matches = Q()
    for spelling in _spellings(text):
        matches |= Q(**{f"{field}__icontains": spelling})
    return matches


def _photos_as_asked(photos: QuerySet[ListingPhoto], form: ListForm) -> QuerySet[ListingPhoto]:
    """Return the photos of this state and class; a verdict stands above the model's tag."""
    settled = Review.objects.final().filter(photo=OuterRef("pk"))
    match form.value("show"):
        case "pending" | "failed" as status:
            photos = photos.filter(status=status)
        case "question":
            asked = photos.filter(outcome=Outcome.MAIN_CLASS, suggestion__isnull=True)
            photos = asked.filter(~Exists(settled))
        case "settled":
            photos = photos.filter(Exists(settled))
        case "draft":
            photos = photos.filter(listing__is_draft=True)
    if kind := form.value("kind"):
        named = Q(sub=kind) if kind in SUBCLASSES else Q(main=kind)
        photos = photos.filter(Exists(settled.filter(named)) | (named & ~Exists(settled)))
    return photos


class ListingsPage(LoginRequiredMixin, View):
    """A seller's listings, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(request.GET)
        user: Any = request.user  # signed in
        listings = self._matching(own_listings(user), form)
        page = Pages(labels.with_label_parts(listings), LISTINGS_A_PAGE).get_page(
            request.GET.get("page")
        )
        context = {"form": form, "page": page, "own": True, "deleted": self._deleted()}
        return render(request, "classifier/listings.html", context)

    def _matching(self, listings: QuerySet[Listing], form: ListForm) -> QuerySet[Listing]:
        if text := form.value("q"):
            # A listing without a title is shown by its number.
            number = row_number(text.rpartition(" ")[2])
            by_number = Q(pk__in=()) if number is None else Q(pk=number, title="")
            listings = listings.filter(_containing("title", text) | by_number)
        if form.value("show") == "draft":
            listings = listings.filter(is_draft=True)
        if (form.value("show") not in ("", "draft")) or form.value("kind"):
            photos = ListingPhoto.objects.present().filter(listing=OuterRef("pk")).order_by()
            listings = listings.filter(Exists(_photos_as_asked(photos, form)))
        return listings

    def _deleted(self) -> Listing | None:
        """Return what was deleted just now, to offer its return."""
        number = row_number(self.request.GET.get("deleted", ""))
        if number is None:
            return None
        mine = restorable_listings(self.request.user)  # type: ignore[arg-type]  # signed in
        return mine.filter(pk=number).first()


class PhotosPage(LoginRequiredMixin, View):
    """All photos of a seller, newest first, each with its label and its listing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(request.GET)
        photos = own_photos(request.user)  # type: ignore[arg-type]  # signed in
        if text := form.value("q"):
            photos = photos.filter(
                _containing("original_name", text) | _containing("listing__title", text)
            )
        listed = _photos_as_asked(photos, form).select_related("listing", "suggestion")
        rows = listed.prefetch_related("reviews").order_by("-pk")
        page = Pages(rows, PHOTOS_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "classifier/photos.html", {"form": form, "page": page})
