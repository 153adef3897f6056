"""Who did what: the audit log, for reading."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from classifier.accounts import audit
from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import AuditEntry


class ActionFilter(admin.AllValuesFieldListFilter):
    """What was done, in the reader's language."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": _(str(choice["display"]))}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Sign-ins, exports and deletions; reviews and promotions have lists of their own."""

    list_display = ("at", "who", "done", "concerning", "address")
    list_display_links = None
    when_empty = gettext_lazy("Sign-ins, exports and deletions are noted here.")
    list_filter = (("action", ActionFilter),)
    search_fields = ("who", "about", "address")
    list_per_page = 50

    @display(description=gettext_lazy("Action"), ordering="action")
    def done(self, entry: AuditEntry) -> str:
        return audit.in_words(entry)[0]

    @display(description=gettext_lazy("About"), ordering="about")
    def concerning(self, entry: AuditEntry) -> str:
        return audit.in_words(entry)[1]
