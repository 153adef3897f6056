"""What the sentence about a day of the stream is made of (`classifier.drift.rule`)."""

from typing import Final

from django.utils.translation import gettext_noop

FIGURES: Final = (
    gettext_noop("outcomes"), gettext_noop("classes"), gettext_noop("confidence"),
    gettext_noop("novelty"), gettext_noop("brightness"), gettext_noop("size"),
)  # fmt: skip
REFERENCES: Final = (gettext_noop("the model’s test photos"), gettext_noop("the days before"))
SHIFTS: Final = (
    gettext_noop("photos tagged with a subclass"),
    gettext_noop("photos that fell back to the main class"),
    gettext_noop("Unknown/Others"),
    gettext_noop("“%(tag)s”"),
    gettext_noop("photos with a confidence below %(edge)s"),
    gettext_noop("photos with a confidence of %(edge)s and more"),
    gettext_noop("photos with novelty below %(edge)s"),
    gettext_noop("photos with novelty of %(edge)s and more"),
    gettext_noop("photos with a brightness below %(edge)s"),
    gettext_noop("photos with a brightness of %(edge)s and more"),
    gettext_noop("photos with a long side below %(edge)s pixels"),
    gettext_noop("photos with a long side of %(edge)s pixels and more"),
)
SENTENCES: Final = (
    gettext_noop(
        "%(shift)s were %(share)s of all, and %(before)s in %(reference)s: %(points)s points more."
    ),
    gettext_noop("%(moved)s moved too."),
)
