"""The Django project. Importing it makes the Celery app current, for `shared_task` and `notify`."""

from slowfashion_ai.celery import app as celery_app

__all__ = ("celery_app",)
