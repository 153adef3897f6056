"""The stream day by day: what moved, and how far each figure is from its reference."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import DriftDay

COLOURS: Final = {"drifted": "danger", "as before": "success", "not compared": "default"}


@admin.register(DriftDay)
class DriftDayAdmin(ReadOnlyAdmin):
    """A row a day and version; the figures are population stability indices."""

    list_display = (
        "day", "version", "photos", "state", "outcomes", "classes", "confidence", "novelty",
        "brightness", "size",
    )  # fmt: skip
    list_display_links = ("day",)
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

    @display(description="State", label=COLOURS)
    def state(self, row: DriftDay) -> str:
        if not row.reference:
            return "not compared"
        return "drifted" if row.sentence else "as before"

    @display(description="Outcomes")
    def outcomes(self, row: DriftDay) -> str:
        return _index(row, "outcome")

    @display(description="Classes")
    def classes(self, row: DriftDay) -> str:
        return _index(row, "label")

    @display(description="Confidence")
    def confidence(self, row: DriftDay) -> str:
        return _index(row, "confidence")

    @display(description="Novelty")
    def novelty(self, row: DriftDay) -> str:
        return _index(row, "novelty")

    @display(description="Brightness")
    def brightness(self, row: DriftDay) -> str:
        return _index(row, "brightness")

    @display(description="Size")
    def size(self, row: DriftDay) -> str:
        return _index(row, "size")

    @display(description="What moved")
    def moved(self, row: DriftDay) -> str:
        return row.sentence or "Nothing."


def _index(row: DriftDay, figure: str) -> str:
    """Return a population stability index; a dash where the figure was not compared."""
    index = row.distances.get(figure)
    return "–" if index is None else f"{index:.2f}"
