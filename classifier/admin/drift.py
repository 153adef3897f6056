"""The stream day by day: what moved, and how far each figure is from its reference."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import DriftDay
from classifier.sentences import in_language

COLOURS: Final = {"drifted": "danger", "as_before": "success", "not_compared": "default"}


@admin.register(DriftDay)
class DriftDayAdmin(ReadOnlyAdmin):
    """A row a day and version; the figures are population stability indices."""

    list_display = (
        "day", "version", "photos", "state", "outcomes", "classes", "confidence", "novelty",
        "brightness", "size",
    )  # fmt: skip
    list_display_links = ("day",)
    when_empty = gettext_lazy("A day comes here once enough photos of it are tagged.")
    ordering = ("-day",)
    fields = ("day", "version", "photos", "reference", "moved")
    readonly_fields = fields
    list_filter = ("version", "reference")
    list_select_related = ("version",)
    list_per_page = 28

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may look at versions may look at their days."""
        return bool(request.user.has_perm("classifier.view_modelversion"))

    @display(description=gettext_lazy("State"), label=COLOURS)
    def state(self, row: DriftDay) -> tuple[str, str]:
        if not row.reference:
            return "not_compared", _("not compared")
        return ("drifted", _("drifted")) if row.sentence else ("as_before", _("as before"))

    @display(description=gettext_lazy("Outcomes"))
    def outcomes(self, row: DriftDay) -> str:
        return _index(row, "outcome")

    @display(description=gettext_lazy("Classes"))
    def classes(self, row: DriftDay) -> str:
        return _index(row, "label")

    @display(description=gettext_lazy("Confidence"))
    def confidence(self, row: DriftDay) -> str:
        return _index(row, "confidence")

    @display(description=gettext_lazy("Novelty"))
    def novelty(self, row: DriftDay) -> str:
        return _index(row, "novelty")

    @display(description=gettext_lazy("Brightness"))
    def brightness(self, row: DriftDay) -> str:
        return _index(row, "brightness")

    @display(description=gettext_lazy("Size"))
    def size(self, row: DriftDay) -> str:
        return _index(row, "size")

    @display(description=gettext_lazy("What moved"))
    def moved(self, row: DriftDay) -> str:
        return in_language(row.sentence) or _("Nothing.")


def _index(row: DriftDay, figure: str) -> str:
    """Return a population stability index; a dash where the figure was not compared."""
    index = row.distances.get(figure)
    return "–" if index is None else number_format(round(index, 2), 2)
