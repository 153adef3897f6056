"""Guidelines, golden photos, and what newcomers said of these."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import action, display

from classifier.admin import pictures
from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import (
    GoldenPhoto,
    Guideline,
    GuidelineExample,
    ListingPhoto,
    PracticeVerdict,
)
from classifier.review.errors import ReviewError
from classifier.review.guidance import guidelines, practice
from classifier.taxonomy import label_path
from classifier.wording import in_words


class ExampleInline(StackedInline):
    """The example photos of one class; they come from the list of photos."""

    model = GuidelineExample
    extra = 0
    fields = readonly_fields = ("small",)
    verbose_name_plural = gettext_lazy("Examples, chosen in the list of photos")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=gettext_lazy("Photo"))
    def small(self, row: GuidelineExample) -> str:
        return pictures.thumbnail(row.photo, 120)


@admin.register(Guideline)
class GuidelineAdmin(ModelAdmin):
    """One line for each class; classes without a row show their first text."""

    list_display = ("label", "text", "example_total")
    when_empty = gettext_lazy("A class without a line of its own shows the first text of ours.")
    inlines = (ExampleInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("label",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guideline]:
        rows: QuerySet[Guideline] = super().get_queryset(request)
        return rows.annotate(example_count=Count("examples"))

    @display(description=gettext_lazy("Examples"))
    def example_total(self, row: Any) -> int:
        count: int = row.example_count
        return count


@admin.register(GoldenPhoto)
class GoldenPhotoAdmin(ModelAdmin):
    """Photos for newcomers; they are added in the list of photos and removed here."""

    list_display = ("small", "label", "answers", "chosen_by", "at")
    list_display_links = ("label",)
    when_empty = gettext_lazy("Settled photos are made golden in the list of photos, by an action.")
    readonly_fields = fields = ("small", "label", "answers", "chosen_by", "at")
    # One is removed on its page.
    actions = None
    list_select_related = ("photo", "chosen_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=gettext_lazy("Photo"))
    def small(self, row: GoldenPhoto) -> str:
        return pictures.thumbnail(row.photo, 96)

    @display(description=gettext_lazy("Settled as"))
    def label(self, row: GoldenPhoto) -> str:
        try:
            return in_words(guidelines.settled(row.photo).label)
        except guidelines.NotSettledError:
            return _("not settled any more, so not shown")

    @display(description=gettext_lazy("Newcomers were right"))
    def answers(self, row: GoldenPhoto) -> str:
        counts = PracticeVerdict.objects.filter(photo=row.photo).aggregate(
            right=Count("pk", filter=Q(is_right=True)), all=Count("pk")
        )
        return _("%(right)d of %(all)d") % counts


@admin.register(PracticeVerdict)
class PracticeVerdictAdmin(ReadOnlyAdmin):
    """What newcomers said; of each moderator, by the filter."""

    list_display = ("small", "moderator", "verdict", "is_right", "at")
    list_display_links = None
    when_empty = gettext_lazy("What newcomers say of golden photos comes here.")
    list_filter = (("moderator", admin.RelatedOnlyFieldListFilter), "is_right")
    list_select_related = ("photo", "moderator")

    @display(description=gettext_lazy("Photo"))
    def small(self, row: PracticeVerdict) -> str:
        return pictures.thumbnail(row.photo, 56)

    @display(description=gettext_lazy("Said"))
    def verdict(self, row: PracticeVerdict) -> str:
        return in_words(label_path(row.main, row.sub)) if row.main else row.get_verdict_display()


class GuidanceActions(ModelAdmin):
    """Adds actions to the list of photos that make settled photos examples or golden."""

    def has_example_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.change_guideline")

    def has_golden_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.add_goldenphoto")

    @action(description=gettext_lazy("Use as examples of their class"), permissions=["example"])
    def use_as_examples(self, request: HttpRequest, queryset: QuerySet[ListingPhoto]) -> None:
        _for_each(request, queryset, guidelines.use_as_example)

    @action(description=gettext_lazy("Let newcomers practise on them"), permissions=["golden"])
    def use_as_golden(self, request: HttpRequest, queryset: QuerySet[ListingPhoto]) -> None:
        by = cast(User, request.user)  # staff
        _for_each(request, queryset, lambda photo: practice.use_as_golden(photo, by=by))


def _for_each(request: HttpRequest, photos: QuerySet[ListingPhoto], act: Any) -> None:
    """Do something with each photo; say of how many, and why not of the others."""
    done = 0
    for photo in photos[:200]:
        try:
            act(photo)
            done += 1
        except ReviewError as error:
            messages.warning(request, str(error))
    if done:
        words = ngettext("%d photo was taken.", "%d photos were taken.", done)
        messages.success(request, words % done)
