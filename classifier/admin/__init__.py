"""Django admin: one module a model. Everything the model said is read-only here."""

from classifier.admin import accounts, listing, model_version, photo, retraining, review

__all__ = ("accounts", "listing", "model_version", "photo", "retraining", "review")
