"""What the gate's sentences are made of (`training.gate.words`, `cost_words`, `agreement`).

Values with these names are said in the reader's language too: `figure`, `figures`, `clauses`,
`label`, `after`.
"""

from typing import Final

from django.utils.translation import gettext_noop

FIGURES: Final = (
    gettext_noop("cost"), gettext_noop("coverage"), gettext_noop("overall accuracy"),
    gettext_noop("main accuracy"), gettext_noop("subclass accuracy"), gettext_noop("wrong tags"),
    gettext_noop("fewer wrong tags"), gettext_noop("near photos tagged"),
    gettext_noop("fewer near photos tagged"), gettext_noop("a lower cost"),
    gettext_noop("rejection of others"), gettext_noop("others rejected"),
    gettext_noop("calibration error"), gettext_noop("agreement with reviews"),
    gettext_noop("overconfidence in main classes"), gettext_noop("overconfidence in subclasses"),
    gettext_noop("recall of %(label)s"),
)  # fmt: skip
BOUNDS: Final = (
    gettext_noop("a rise above %(share)s is excluded"),
    gettext_noop("cheaper for certain"),
    gettext_noop("better for certain"),
    gettext_noop("a loss of at most %(most)s points; of %(certain)s points if it is certain"),
    gettext_noop("a loss of at most %(most)s points"),
    gettext_noop("at least %(count)s photos"),
    gettext_noop("beyond chance: Cohen's kappa above %(kappa)s"),
)
# Why a must does not hold; several are joined by commas and "and".
CLAUSES: Final = (
    gettext_noop("%(figure)s rose by %(points)s points"),
    gettext_noop("%(figure)s fell by %(points)s points"),
    gettext_noop("%(figure)s cannot be compared"),
    gettext_noop("1,000 photos cost %(count)s reviews more"),
    gettext_noop(
        "a rise of the cost by up to %(count)s reviews per 1,000 photos cannot be excluded"
    ),
    gettext_noop(
        "%(count)s of %(all)s reviewed items are named as the moderators named them, about as many "
        "as by chance"
    ),
)
# What follows the move of a figure: both values, and the photos that it is of.
MOVES: Final = (
    gettext_noop(", from %(before)s to %(later)s"),
    gettext_noop(" on %(count)s photos"),
    gettext_noop(" (new on %(new)s photos, gone on %(gone)s)"),
)
SENTENCES: Final = (
    gettext_noop("%(figure)s stayed the same%(after)s."),
    gettext_noop("%(figure)s rose by %(points)s points%(after)s."),
    gettext_noop("%(figure)s fell by %(points)s points%(after)s."),
    gettext_noop("That is no loss."),
    gettext_noop("That is no gain."),
    gettext_noop("That is worse."),
    gettext_noop("That is better, and chance does not explain it."),
    gettext_noop("That is better, but chance could explain it."),
    gettext_noop("Chance does not explain that."),
    gettext_noop("Chance could explain that."),
    gettext_noop("Chance does not explain that, and so small a loss is allowed."),
    gettext_noop("Chance could explain that, and so small a loss is allowed."),
    gettext_noop("Chance does not explain that; a loss of at most %(points)s points is allowed."),
    gettext_noop("Chance could explain that; a loss of at most %(points)s points is allowed."),
    gettext_noop("Chance does not explain that; no loss is allowed."),
    gettext_noop("Chance could explain that; no loss is allowed."),
    gettext_noop(
        "1,000 photos cost %(candidate)s reviews with the candidate and %(champion)s with the "
        "champion: the same."
    ),
    gettext_noop(
        "1,000 photos cost %(candidate)s reviews with the candidate and %(champion)s with the "
        "champion: %(count)s reviews fewer."
    ),
    gettext_noop(
        "1,000 photos cost %(candidate)s reviews with the candidate and %(champion)s with the "
        "champion: %(count)s reviews more."
    ),
    gettext_noop("A rise of more than %(count)s reviews can be excluded."),
    gettext_noop(
        "A rise of up to %(count)s reviews cannot be excluded; a rise of at most %(most)s is "
        "allowed."
    ),
    gettext_noop(
        "But it also tags fewer photos, and if the champion left out as many at random, it could "
        "cost as little."
    ),
    gettext_noop("%(figure)s cannot be compared: no test photo tells of it."),
    gettext_noop(
        "%(figure)s cannot be compared: there are %(count)s test photos, and it takes %(fewest)s "
        "to see a loss."
    ),
    gettext_noop(
        "Of %(count)s reviewed test items the candidate names %(now)s as the moderators did, "
        "and the champion %(before)s."
    ),
    gettext_noop(
        "Chance would agree about as often: look whether the labels of the reviews were mixed up."
    ),
    gettext_noop("Rejected because nothing got better for certain."),
    gettext_noop("Rejected because %(clauses)s."),
    gettext_noop("What got better, %(figures)s, does not make up for that."),
    gettext_noop("What got better: %(figures)s."),
    gettext_noop("Nothing got worse by more than is allowed."),
    gettext_noop("As cheap as the champion."),
    gettext_noop("Cheaper: 1,000 photos cost %(candidate)s reviews instead of %(champion)s."),
    gettext_noop(
        "Of 1,000 photos like these: %(right)s tagged rightly with a subclass, %(main)s with a "
        "main class, %(wrong)s wrongly (%(others)s of them things we do not take), %(unknown)s to "
        "the moderators."
    ),
    gettext_noop("Mix: %(mix)s."),
)
