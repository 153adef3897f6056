"""What a shadow's sentences are made of (`classifier.shadow.rule`, `classifier.shadow.run`)."""

from typing import Final

from django.utils.translation import gettext_noop

CLAUSES: Final = (
    gettext_noop(
        "a rise of up to %(count)s reviews per 1,000 photos cannot be excluded, and at most "
        "%(most)s is allowed"
    ),
    gettext_noop("it tags %(points)s points fewer photos"),
)
SENTENCES: Final = (
    gettext_noop(
        "%(count)s of the photos on which both differ were reviewed; it takes %(fewest)s to tell "
        "which of the two is right."
    ),
    gettext_noop("1,000 photos cost the same number of reviews as with the champion."),
    gettext_noop("1,000 photos cost %(count)s reviews fewer."),
    gettext_noop("1,000 photos cost %(count)s reviews more."),
    gettext_noop("Dropped because nothing got better."),
    gettext_noop("Dropped because %(clauses)s."),
    gettext_noop("No guard is broken."),
    gettext_noop(
        "The candidate alone is right on %(count)s photos, the champion alone on %(other)s."
    ),
    gettext_noop("%(version)s became the champion meanwhile."),
    gettext_noop("Workers loaded it %(count)s times and ended before it had tagged a photo."),
    gettext_noop("Look into their logs; there may be too little memory for two models."),
    gettext_noop("%(count)s photos could not be scored by %(version)s, or ended their worker."),
    gettext_noop("Look into the workers' logs."),
    gettext_noop("%(version)s is in production; a shadow is for a version that may be promoted."),
    gettext_noop(
        "%(version)s was rejected by the gate; a shadow is for a version that may be promoted."
    ),
)
