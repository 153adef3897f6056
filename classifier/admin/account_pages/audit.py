"""Who did what: the audit log, for reading."""

from django.contrib import admin

from classifier.admin.read_only import ReadOnlyAdmin
from classifier.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Sign-ins, exports and deletions; reviews and promotions have lists of their own."""

    list_display = ("at", "who", "action", "about", "address")
    list_display_links = None
    list_filter = ("action",)
    search_fields = ("who", "about", "address")
    list_per_page = 50
