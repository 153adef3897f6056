"""Redis, the queues, and what is done at which time."""

import os
import sys
from urllib.parse import quote

from celery.schedules import crontab

from slowfashion_ai.cache import redis_location
from slowfashion_ai.environment import env
from slowfashion_ai.settings.folders import VAR_DIR
from slowfashion_ai.settings.tagging import SWEEP_EVERY_SECONDS

EMBEDDED_REDIS_SOCKET = VAR_DIR / "redis.sock"
# Quoted: Celery takes a URL apart at ; ? and #.
_socket_url = f"redis+socket://{quote(os.fsencode(EMBEDDED_REDIS_SOCKET))}"
REDIS_URL = env.str("REDIS_URL", default=_socket_url)
CELERY_BROKER_URL = REDIS_URL
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What all web processes count together, such as uploads a minute.
    "shared": {
        "BACKEND": "slowfashion_ai.cache.SharedCache",
        "LOCATION": redis_location(REDIS_URL),
        "KEY_PREFIX": "slowfashion",
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
    },
}
# Celery would close a thread's connection to the database before and after each task; CONN_MAX_AGE
# says how long it is kept instead (`slowfashion_ai.celery`).
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {
    "classifier.tasks.classify_photos": {"queue": "classification"},
    "classifier.tasks.make_gradcam_image": {"queue": "classification"},
    # Apart, so that no fresh photo's message ever stands behind one of these.
    "classifier.tasks.reclassify_photos": {"queue": "reclassification"},
    "classifier.tasks.shadow_photos": {"queue": "reclassification"},
    "training.tasks.retrain": {"queue": "training"},
    "training.tasks.do_job": {"queue": "training"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not hold up an upload: the sweep sends another message.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,  # of one message; a worker that lost the broker connects again for ever
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULER = "classifier.operations.scheduler:LeasedScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "classifier.tasks.sweep_photos", "schedule": SWEEP_EVERY_SECONDS},
    "remove-files": {"task": "classifier.tasks.remove_files", "schedule": SWEEP_EVERY_SECONDS},
    # Less often: while no trainer runs, every message stays in the queue until one does.
    "sweep-retraining": {
        "task": "classifier.tasks.sweep_retraining",
        "schedule": 3 * SWEEP_EVERY_SECONDS,
    },
    "remove-orphans": {
        "task": "classifier.tasks.remove_orphans",
        "schedule": crontab(hour="3", minute="30"),
    },
    "give-back-disagreements": {
        "task": "classifier.tasks.give_back_disagreements",
        "schedule": crontab(minute="40"),
    },
    "measure-drift": {
        "task": "classifier.tasks.measure_drift",
        "schedule": crontab(hour="0", minute="20"),
    },
    "decide-shadow": {
        "task": "classifier.tasks.decide_shadow",
        "schedule": 3 * SWEEP_EVERY_SECONDS,
    },
    # At the full hour, as `next_run` says.
    "consider-retraining": {
        "task": "classifier.tasks.consider_retraining",
        "schedule": crontab(minute="0"),
    },
}
