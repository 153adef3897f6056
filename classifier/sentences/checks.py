"""What the monitor's sentences are made of (`classifier.operations.checks`)."""

from typing import Final

from django.utils.translation import gettext_noop

NAMES: Final = (
    gettext_noop("database"), gettext_noop("storage"), gettext_noop("broker"),
    gettext_noop("workers"), gettext_noop("champion"), gettext_noop("oldest pending"),
    gettext_noop("canary"), gettext_noop("scheduler"), gettext_noop("trainer"),
    gettext_noop("disk"), gettext_noop("drift"),
)  # fmt: skip
SENTENCES: Final = (
    gettext_noop("The photo storage does not answer (%(error)s)."),
    gettext_noop(
        "Uploads are refused and photos wait; look at the service “storage”, its disk and its "
        "address."
    ),
    gettext_noop("The broker does not answer (%(error)s)."),
    gettext_noop(
        "Photos are tagged some seconds later, since workers look by themselves; start the process "
        "“redis”, or look into its log."
    ),
    gettext_noop("No worker has been seen yet."),
    gettext_noop("No worker has been seen since %(time)s."),
    gettext_noop("Start the process “worker”, or look into its log."),
    gettext_noop("No model is in production."),
    gettext_noop(
        "Register one with `manage.py register_model FOLDER --promote`; the starter model lies in "
        "%(folder)s."
    ),
    gettext_noop("The champion %(version)s could not be loaded."),
    gettext_noop("No worker has loaded the champion %(version)s yet."),
    gettext_noop("After a promotion this takes seconds; if it lasts, look into a worker's log."),
    gettext_noop(
        "%(count)s photos wait for longer than %(seconds)s seconds, photo %(number)s for %(age)s."
    ),
    gettext_noop("A photo has waited for %(count)s minutes."),
    gettext_noop("Start more workers, or look into their log."),
    gettext_noop("No scheduler is alive, so abandoned photos wait and nothing is removed."),
    gettext_noop("Start the process “scheduler”, or look into its log."),
    gettext_noop("Retraining %(number)s waits for a trainer since %(time)s."),
    gettext_noop(
        "Start the process “trainer”, or look into its log; the run then begins, or goes on, by "
        "itself."
    ),
    gettext_noop("Only %(size)s GB are free in %(folder)s; uploads are refused when it is full."),
    gettext_noop("Make room, or move it to a larger disk."),
    gettext_noop("A test photo could not be sent the whole way: %(error)s"),
    gettext_noop(
        "A test photo that was sent on %(time)s is not tagged yet, so neither are sellers' photos."
    ),
    gettext_noop("Look at the workers first."),
    gettext_noop(
        "The check of “%(check)s” has no answer after %(seconds)s seconds: something hangs."
    ),
    gettext_noop("Look at the database, the storage and Redis."),
    gettext_noop("The database does not answer (%(error)s)."),
    gettext_noop(
        "Nothing works without it and nothing is lost; start the service “database”, or look into "
        "its log."
    ),
    gettext_noop("On %(time)s the stream had drifted."),
    gettext_noop("The admin’s first page shows examples."),
    gettext_noop("If sellers send such photos from now on, have some reviewed and retrain."),
    gettext_noop(
        "Nobody watches: the process “monitor” is not running, so what follows may be old and "
        "nobody is told of alarms."
    ),
    gettext_noop("Start it, or look into its log."),
)
