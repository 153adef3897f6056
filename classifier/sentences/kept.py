"""Other sentences that are made where there is no Django, or kept: of bundles and the trainer."""

from typing import Final

from django.utils.translation import gettext_noop

SENTENCES: Final = (
    # training.retrain, classifier.retraining
    gettext_noop(
        "Nothing was done: it takes %(needed)s new reviews, and %(count)s came since %(version)s "
        "was made."
    ),
    gettext_noop("Called off by %(by)s."),
    gettext_noop("The champion stays what it is."),
    gettext_noop("The retraining stopped without a verdict."),
    gettext_noop("This is a fault of the program."),
    gettext_noop("begins"),
    # classifier.jobs, training.jobs
    gettext_noop("The trainer stopped %(count)s times at this work; its log may say why."),
    gettext_noop("Worked out from %(count)s held-out photos."),
    gettext_noop("%(version)s was made."),
    gettext_noop("Judged on %(count)s photos that neither was trained or chosen on."),
    gettext_noop("No threshold keeps that promise on %(count)s held-out photos; promise less."),
    gettext_noop("No trainer has taken it for two minutes."),
    gettext_noop(
        "It may be busy with a retraining; else start the process “trainer”, or look into its log."
    ),
    gettext_noop("The job then begins by itself."),
    # classifier.thresholds.held_out
    gettext_noop(
        "The bundle of %(version)s carries no held-out scores, as bundles of older releases do "
        "not, so nobody can tell what other thresholds would come to."
    ),
    gettext_noop("Retrain: the next version carries them."),
    gettext_noop("The held-out scores of %(version)s cannot be read (%(error)s)."),
    gettext_noop("Register its bundle again with manage.py register_model FOLDER."),
    gettext_noop("The held-out scores of %(version)s are of no test photo."),
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
