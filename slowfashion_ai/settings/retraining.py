"""When models are retrained, and what the gate goes by."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env

# A run whose process has been silent for longer belongs to a dead process.
RETRAIN_LEASE = timedelta(seconds=env.int("RETRAIN_LEASE_SECONDS", default=120))
if RETRAIN_LEASE.total_seconds() < 1:
    raise ImproperlyConfigured("RETRAIN_LEASE_SECONDS must be at least 1; some minutes are usual.")
# What it takes for the automatic retraining: new reviews, and hours since the last one. 0: none.
RETRAIN_MIN_NEW = env.int("RETRAIN_MIN_NEW", default=200)
RETRAIN_EVERY_HOURS = env.int("RETRAIN_EVERY_HOURS", default=0)
# The stream in which figures count everything and promises hold: per cent of items, near photos
# (of a main class, of none of its subclasses) and others.
STREAM_MIX = env.str("STREAM_MIX", default="85,10,5")
# What the gate goes by: how many reviews a wrong tag is worth, and how much worse a candidate may
# be: dearer in per cent of the champion's cost, the rest in points.
GATE_WRONG_TAG_COST = env.float("GATE_WRONG_TAG_COST", default=10)
GATE_COST_MARGIN = env.float("GATE_COST_MARGIN", default=5)
GATE_RECALL_MARGIN = env.float("GATE_RECALL_MARGIN", default=10)
GATE_COVERAGE_MARGIN = env.float("GATE_COVERAGE_MARGIN", default=15)
GATE_REJECTION_MARGIN = env.float("GATE_REJECTION_MARGIN", default=5)
GATE_OVERCONFIDENCE_MARGIN = env.float("GATE_OVERCONFIDENCE_MARGIN", default=3)
if not 1 <= GATE_WRONG_TAG_COST <= 1000:
    raise ImproperlyConfigured(
        f"GATE_WRONG_TAG_COST must lie between 1 and 1000 reviews; it is {GATE_WRONG_TAG_COST:g}."
    )
for _name in ("COST", "RECALL", "COVERAGE", "REJECTION", "OVERCONFIDENCE"):
    _margin = locals()[f"GATE_{_name}_MARGIN"]
    if not 0 <= _margin <= 100:
        raise ImproperlyConfigured(
            f"GATE_{_name}_MARGIN must lie between 0 and 100; it is {_margin:g}."
        )
# The photos that models were trained on before there were reviews, in Main/Subclass/ folders.
# One folder, or several separated as in PATH.
BASE_PHOTOS_DIR = env.str("PHOTOS_DIR", default="")
