"""What the trainer does at the moment, as it keeps it (`training.jobs`, `training.retrain.run`)."""

from typing import Final

from django.utils.translation import gettext_noop

# Titles of the work, which `training` gives to its progress bars.
TITLES: Final = (
    gettext_noop("comparing base photos"), gettext_noop("comparing reviewed photos"),
    gettext_noop("fetching reviewed photos"), gettext_noop("training photos"),
    gettext_noop("validation photos"), gettext_noop("test photos"), gettext_noop("scoring"),
    gettext_noop("fitting the heads"), gettext_noop("epoch %(count)s of %(total)s"),
)  # fmt: skip
TIMES_LEFT: Final = (
    gettext_noop(", less than a minute left"),
    gettext_noop(", %(count)s min left"),
)
SENTENCES: Final = (
    gettext_noop("%(title)s, %(done)s of %(total)s%(left)s"),
    gettext_noop("The database was away."),
)
