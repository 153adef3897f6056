"""The Celery app; its settings are Django's, with the prefix ``CELERY_``."""

import logging
import os
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, task_postrun, task_prerun
from django.db import close_old_connections

from slowfashion_ai.database.away import DATABASE_AWAY

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")


class SiteTask(Task):  # type: ignore[misc]  # Celery has no types
    """A task that says in one line, without a traceback, that the database is away.

    Its work is in rows, and what asks for it comes again by the schedule.
    """

    abstract = True
    throws = DATABASE_AWAY  # Celery itself then logs them at a level that is not shown.

    def on_failure(self, exc: BaseException, *_: Any) -> None:
        if isinstance(exc, DATABASE_AWAY):
            logger.warning("%s could not be done: the database is away. %s", self.name, exc)


app = Celery("slowfashion_ai", task_cls=SiteTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging_as_it_is(**_: Any) -> None:
    """Django has set up logging; without this Celery would silence what is not a warning."""


@task_prerun.connect
@task_postrun.connect
def close_old(sender: Task, **_: Any) -> None:
    """Close a connection to the database that is broken or too old, as Django does for requests."""
    if not sender.request.is_eager:
        close_old_connections()
