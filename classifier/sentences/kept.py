"""Other sentences that are made where there is no Django, or kept: of bundles and the trainer."""

from typing import Final

from django.utils.translation import gettext_noop

SENTENCES: Final = (
    # classifier.ml.figures_mark
    gettext_noop(
        "No figures are shown: the thresholds of this bundle, or what else decides its tags, were "
        "changed after its figures were measured."
    ),
    gettext_noop(
        "Measure it again with manage.py evaluate, or let manage.py thresholds make a new version "
        "with figures of its own."
    ),
    gettext_noop(
        "This bundle does not say what its figures were measured with, as bundles of older "
        "releases do not, so nobody can tell whether its thresholds were changed since."
    ),
)
