"""Django admin: one module or package a model. Everything the model said is read-only here."""

from django.contrib import admin

from classifier.admin import drift, guidance, listing, photo, retraining, status
from classifier.admin.account_pages import accounts, audit
from classifier.admin.review import reviews
from classifier.admin.versions import model_version, shadow

__all__ = (
    "accounts", "audit", "drift", "guidance", "listing", "model_version", "photo", "retraining",
    "reviews", "shadow", "status",
)  # fmt: skip

# As all that is left empty is shown; Django has a hyphen.
admin.site.empty_value_display = "–"
