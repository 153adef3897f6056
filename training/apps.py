"""Training: from photos to a bundle."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
