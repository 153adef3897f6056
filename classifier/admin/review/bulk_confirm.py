"""Confirms the tags of selected photos, with a preview before and an undo after."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import action

from classifier.admin.review import bulk_messages
from classifier.admin.review.endpoints import may_review
from classifier.models import ListingPhoto
from classifier.review import bulk
from classifier.review.errors import ReviewError


class BulkConfirm(ModelAdmin):
    """Adds the action and the URL that undoes it."""

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return may_review(request.user)

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(self.undo_confirmation))
        return [path("undo/<uuid:batch>/", undo, name="review_bulk_undo"), *super().get_urls()]

    @action(description=gettext_lazy("Confirm the tags"), permissions=["confirm"])
    def confirm_prediction(
        self, request: HttpRequest, queryset: QuerySet[ListingPhoto]
    ) -> HttpResponse | None:
        """Show a preview; with ``apply`` in the form, confirm."""
        numbers = list(queryset.order_by("id").values_list("pk", flat=True)[: bulk.AT_ONCE + 1])
        if len(numbers) > bulk.AT_ONCE:
            words = _("Please choose at most %(most)d photos at once.")
            messages.error(request, words % {"most": bulk.AT_ONCE})
            return None
        if "apply" not in request.POST:
            return self._preview(request, numbers)
        try:
            done = bulk.confirm(
                moderator=request.user,  # type: ignore[arg-type]  # signed in
                photos=numbers,
                seen_at=bulk_messages.seen_at(request),
            )
        except ReviewError as error:
            messages.error(request, str(error))
            return None
        bulk_messages.tell(request, done)
        return None

    def _preview(self, request: HttpRequest, numbers: list[int]) -> HttpResponse:
        # Before the tags are read: what changes from here on was not seen.
        seen_at = timezone.now()
        plan = bulk.plan(numbers, moderator=request.user)  # type: ignore[arg-type]  # signed in
        context = {
            **self.admin_site.each_context(request),
            "title": _("Confirm the tags"),
            "opts": self.opts,
            "plan": plan,
            "groups": sorted(plan.by_label.items()),
            "left_out": plan.left_out.most_common(),
            "numbers": numbers,
            "seen_at": seen_at.isoformat(),
        }
        return TemplateResponse(request, "admin/classifier/review/bulk_confirm.html", context)

    def undo_confirmation(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        """Take one confirmation back, all of it."""
        if not self.has_confirm_permission(request):
            return HttpResponse(_("You may not review photos."), status=403)
        try:
            count = bulk.undo(moderator=request.user, batch=batch)  # type: ignore[arg-type]  # signed in
            words = ngettext("Undone: %d photo.", "Undone: %d photos.", count)
            messages.success(request, words % count)
        except ReviewError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(bulk_messages.address_back(request))
