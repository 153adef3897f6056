"""Who sees which photo in the review queue, and when."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env


def _share(name: str, default: float) -> float:
    value = float(env.float(name, default=default))
    if not 0 <= value <= 1:
        raise ImproperlyConfigured(f"{name} must lie between 0 and 1; it is {value}.")
    return value


# How long a photo stays on a screen that has fallen silent.
REVIEW_CLAIM_LEASE = timedelta(seconds=env.int("REVIEW_CLAIM_SECONDS", default=60))
# Of the confident photos, the share that moderators see blind, so that accuracy can be known.
REVIEW_SAMPLE_SHARE = _share("REVIEW_SAMPLE_SHARE", default=0.02)
# Of the settled photos, the share that a second moderator sees blind.
REVIEW_SECOND_SHARE = _share("REVIEW_SECOND_SHARE", default=0.0)
# Moderators with fewer verdicts get photos to practise on. 0: nobody does.
REVIEW_NEWCOMER_VERDICTS = env.int("REVIEW_NEWCOMER_VERDICTS", default=100)
if REVIEW_NEWCOMER_VERDICTS < 0:
    raise ImproperlyConfigured(
        f"REVIEW_NEWCOMER_VERDICTS must be 0 or more; it is {REVIEW_NEWCOMER_VERDICTS}."
    )
# After so many days a photo whose seller disagrees goes back to the moderator who settled it.
REVIEW_DISAGREEMENT_DAYS = env.float("REVIEW_DISAGREEMENT_DAYS", default=3.0)
if REVIEW_DISAGREEMENT_DAYS < 0:
    raise ImproperlyConfigured(
        f"REVIEW_DISAGREEMENT_DAYS must be 0 or more; it is {REVIEW_DISAGREEMENT_DAYS}."
    )
# "oldest" (unknown first, then main-class fallbacks, each by age) or "informative".
REVIEW_ORDER = env.str("REVIEW_ORDER", default="oldest")
if REVIEW_ORDER not in ("oldest", "informative"):
    raise ImproperlyConfigured(
        f"REVIEW_ORDER must be `oldest` or `informative`; it is {REVIEW_ORDER!r}."
    )
