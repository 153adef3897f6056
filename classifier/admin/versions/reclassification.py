"""Actions that tag unsettled photos again with the champion, and their progress."""

from datetime import timedelta
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.admin import ModelAdmin
from unfold.forms import BaseDialogForm

from classifier.admin.dialogs import dialog_action
from classifier.admin.live import live_answer
from classifier.admin.read_only import back_to_list
from classifier.models import ModelVersion, Reclassification
from classifier.sentences import in_language
from classifier.tagging import reclassification
from classifier.versions import registry

# How long the list shows the result of the last one.
SHOWN_AFTER_THE_END: Final = timedelta(hours=1)


class Reclassify(ModelAdmin):
    """Adds the two actions, and the progress above the list."""

    list_before_template = "admin/classifier/models/reclassification.html"

    def has_reclassify_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("classifier.add_reclassification")

    def has_stop_reclassifying_permission(self, request: HttpRequest) -> bool:
        """Only while there is one to stop."""
        return self.has_reclassify_permission(request) and reclassification.unfinished().exists()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {**(extra_context or {}), **_now()}
        return super().changelist_view(request, shown)  # type: ignore[no-any-return]  # Unfold ships no types

    def get_urls(self) -> list[URLPattern]:
        live = path("tagging-again/", never_cache(self.now), name="reclassification_now")
        return [live, *super().get_urls()]

    def now(self, request: HttpRequest) -> JsonResponse:
        """The progress, or the result of the last one, for a script that polls."""
        template = "admin/classifier/models/_reclassification.html"
        return live_answer(request, admin=self, template=template, now=_now)

    @dialog_action(
        description=gettext_lazy("Tag again"),
        icon="autorenew",
        permission="reclassify",
        title=gettext_lazy("Tag photos again?"),
        text=gettext_lazy(
            "Photos that another model tagged and no moderator has settled get the champion's tag, "
            "in the background and behind every fresh photo."
        ),
        submit=gettext_lazy("Tag again"),
    )
    def reclassify(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        try:
            run = reclassification.start(by=cast(User, request.user))  # staff
        except registry.RegistryError as error:
            messages.error(request, in_language(str(error)))
        else:
            if run is None:
                words = _("Every photo that may be tagged again has the champion's.")
                messages.info(request, words)
            else:
                words = _("Up to %(count)s photos are tagged again.")
                messages.success(request, words % {"count": f"{run.total:,}"})
        return back_to_list(ModelVersion)

    @dialog_action(
        description=gettext_lazy("Stop tagging again"),
        icon="cancel",
        permission="stop_reclassifying",
        title=gettext_lazy("Stop tagging photos again?"),
        text=gettext_lazy("What is tagged stays so; the rest keeps the tag it has."),
        submit=gettext_lazy("Stop"),
    )
    def stop_reclassifying(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        run = reclassification.stop()
        if run is None:
            messages.warning(request, _("It had ended already."))
        else:
            messages.success(request, reclassification.in_words(run))
        return back_to_list(ModelVersion)


def _now() -> dict[str, Any]:
    """Return what the panel shows."""
    run = _of_interest()
    return {
        "run": run,
        "unfinished": run is not None and run.finished_at is None,
        "words": reclassification.in_words(run) if run else "",
    }


def _of_interest() -> Reclassification | None:
    """Return the one in progress, or one that ended within the last hour."""
    run = Reclassification.objects.select_related("version").first()
    if run is None or run.finished_at is None:
        return run
    return run if run.finished_at > timezone.now() - SHOWN_AFTER_THE_END else None
