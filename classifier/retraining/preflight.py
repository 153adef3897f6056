"""What a retraining would have to go on, said before anybody starts it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from classifier.decision import Outcome
from classifier.models import ModelVersion, RetrainRun, Review
from classifier.retraining.schedule import WITH_LABEL, unlearned_reviews
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

Group = dict[str, Any]  # reviews with the same values, and their ``count``

NONE_OF_OURS: Final = gettext_noop("None of ours")
LABEL: Final = ("main", "sub")
PREDICTED: Final = ("predicted_outcome", "predicted_main", "predicted_sub")
# What the gate needs of each to see a loss, and the share of reviewed products that it gets.
TESTED: Final = {**dict.fromkeys(SUBCLASSES, 5), NONE_OF_OURS: 10}
TEST_SHARE: Final = 0.15
# Of each subclass, where there is nothing to go on but reviews.
TRAINED: Final = 10
# Photos a second through the network on two cores, as `benchmarks.retraining` measures it, with
# room to spare; every reviewed photo passes through it twice at most.
PASSES_A_SECOND: Final = 5.0
BESIDES: Final = 90.0  # seconds for loading, fitting and comparing
WITH_PHOTOS: Final = 20.0  # minutes, where base photos are computed for the first time


@dataclass(frozen=True, slots=True)
class Worth:
    """What the new reviews of one label are worth.

    Attributes:
        label: a subclass, "Near …" of a main class, or none of ours.
        new: reviews that the champion has not learned from.
        contradict: where the model had named something else.
        open: where it had fallen back; the rest agree.
        missing: what is missing for the gate to judge this label; empty if nothing is.
    """

    label: str
    new: int
    contradict: int
    open: int
    missing: str

    @property
    def name(self) -> str:
        """The label in the reader's language."""
        return in_words(self.label)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What there is before a retraining starts.

    Attributes:
        ready: whether it can end in a verdict, as far as anybody can tell beforehand.
        summary: in sentences, for the question before the start.
        base: what stands for the photos that the champion learned from.
        minutes: about how long it takes on two cores; None if it cannot start.
        worth: a line for each label with new reviews, or with something missing.
    """

    ready: bool
    summary: str
    base: str
    minutes: int | None
    worth: list[Worth]


def preflight() -> Preflight:
    """Return what a retraining that is started now would have to go on."""
    champion = ModelVersion.objects.champions().first()
    if champion is None:
        why = _("There is no champion that a retraining could start from.")
        return Preflight(False, why, "", None, [])
    fresh = _counted(unlearned_reviews(), *LABEL, *PREDICTED)
    with_label = Review.objects.final().of_present_photos().filter(verdict__in=WITH_LABEL)
    all_reviews = _by_label(_counted(with_label, *LABEL))
    base, has_base = _base(champion)
    worth = _worth(fresh, all_reviews, _base_tested(champion) if has_base else Counter())
    missing = [line for line in worth if line.missing]
    ready = bool(fresh) and (has_base or not missing)
    minutes = _minutes(sum(all_reviews.values()))
    summary = " ".join([_news(fresh), base, _what_lacks(missing), _time(minutes) if ready else ""])
    return Preflight(ready, summary.strip(), base, minutes if ready else None, worth)


def _counted(reviews: QuerySet[Review], *names: str) -> list[Group]:
    """Return how many reviews share the same values, a group each: the database counts."""
    return list(reviews.order_by().values(*names).annotate(count=Count("pk")))


def _label(review: Group) -> str:
    if review["sub"]:
        return str(review["sub"])
    return f"Near {review['main']}" if review["main"] else NONE_OF_OURS


def _by_label(reviews: Iterable[Group]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for review in reviews:
        counted[_label(review)] += review["count"]
    return counted


def contradicts(review: Group) -> bool:
    """Return whether the model had named something that the moderator denies."""
    named_sub = review["predicted_outcome"] == Outcome.SUBCLASS
    if named_sub and review["predicted_sub"] != review["sub"]:
        return True
    named_main = review["predicted_outcome"] in (Outcome.SUBCLASS, Outcome.MAIN_CLASS)
    return bool(named_main and review["predicted_main"] != review["main"])


def fell_back(review: Group) -> bool:
    """Return whether the model had left open what the moderator then said."""
    if review["main"] is None or contradicts(review):
        return False
    if review["sub"]:
        return bool(review["predicted_outcome"] != Outcome.SUBCLASS)
    return bool(review["predicted_outcome"] == Outcome.UNKNOWN)


def _worth(fresh: list[Group], reviewed: Counter[str], base_tested: Counter[str]) -> list[Worth]:
    new = _by_label(fresh)
    contradict = _by_label(review for review in fresh if contradicts(review))
    left_open = _by_label(review for review in fresh if fell_back(review))
    labels = (*SUBCLASSES, *(f"Near {main}" for main in MAIN_CLASSES), NONE_OF_OURS)
    lines = [
        Worth(
            label,
            new[label],
            contradict[label],
            left_open[label],
            _missing(label, reviewed[label], base_tested),
        )
        for label in labels
    ]
    return [line for line in lines if line.new or line.missing]


def _missing(label: str, reviewed: int, base_tested: Counter[str]) -> str:
    """Return what is missing for a label to be trained on and judged, in words."""
    fewest = TESTED.get(label)
    if fewest is None or base_tested[label] >= fewest:
        return ""
    needed = round((fewest - base_tested[label]) / TEST_SHARE)
    if not base_tested and label in SUBCLASSES:
        needed = max(needed, TRAINED)
    lacking = needed - reviewed
    return _("about %d more reviewed photos") % lacking if lacking > 0 else ""


def _base(champion: ModelVersion) -> tuple[str, bool]:
    """Return what stands for the photos the champion learned from, and whether anything does."""
    if settings.BASE_PHOTOS_DIR:
        return _("The photos it was first trained on are read from the server's folder."), True
    if champion.manifest.get("replay_sha256"):
        tested = champion.manifest.get("metrics", {}).get("test", {}).get("photos", {})
        photos = champion.manifest.get("training", {}).get("photos", {})
        splits = {"test": sum(tested.values()), **photos}  # older bundles do not list the third
        count = sum(value for value in splits.values() if isinstance(value, int))
        words = (
            _(
                "%(count)s photos it was first trained and tested on are in its bundle as replay "
                "features; no folder of photos is needed, and the heads are trained."
            )
            if count
            else _(
                "The photos it was first trained and tested on are in its bundle as replay "
                "features; no folder of photos is needed, and the heads are trained."
            )
        )
        return words % {"count": f"{count:,}"}, True
    words = _(
        "Its bundle carries no replay features of the photos it was first trained on, and no "
        "folder of photos is set, so there are reviewed photos alone. Whoever runs the server can "
        "change that: with manage.py add_replay_features, or with the setting PHOTOS_DIR."
    )
    return words, False


def _base_tested(champion: ModelVersion) -> Counter[str]:
    """Return how many base test photos of each label the champion's figures tell of."""
    test = champion.manifest.get("metrics", {}).get("test", {})
    per_subclass = test.get("per_subclass", {})
    counts = {
        sub: int(per_subclass[sub].get("support") or 0) for sub in SUBCLASSES if sub in per_subclass
    }
    counts[NONE_OF_OURS] = int(test.get("photos", {}).get("others") or 0)
    return Counter(counts)


def _news(fresh: list[Group]) -> str:
    if not fresh:
        return _(
            "Nothing is new: the champion has learned from every review there is, or there is "
            "none. Settle photos in the review queue first."
        )
    total = sum(review["count"] for review in fresh)
    contradict = sum(review["count"] for review in fresh if contradicts(review))
    left_open = sum(review["count"] for review in fresh if fell_back(review))
    agree = total - contradict - left_open
    words = ngettext(
        "%(total)d review is new to the champion: %(contradict)d contradict what the model had "
        "said, %(open)d settle what it had left open, %(agree)d agree.",
        "%(total)d reviews are new to the champion: %(contradict)d contradict what the model had "
        "said, %(open)d settle what it had left open, %(agree)d agree.",
        total,
    )
    return words % {"total": total, "contradict": contradict, "open": left_open, "agree": agree}


def _what_lacks(missing: list[Worth]) -> str:
    if not missing:
        return ""
    few = missing[:3]
    named = ", ".join(f"{in_words(line.label)} ({line.missing})" for line in few)
    if len(missing) > len(few):
        more = _("%(named)s and %(count)d more")
        named = more % {"named": named, "count": len(missing) - len(few)}
    words = _("Too few photos to judge by: %(named)s; the table on this page lists all.")
    return words % {"named": named}


def _minutes(reviewed: int) -> int:
    """Return about how many minutes it takes: as the last one did, or as photos are counted."""
    if settings.BASE_PHOTOS_DIR:
        last = RetrainRun.objects.exclude(candidate=None).order_by("-finished_at").first()
        if last is not None and last.started_at and last.finished_at:
            return max(1, round((last.finished_at - last.started_at).total_seconds() / 60))
        return round(WITH_PHOTOS)
    return max(1, round((BESIDES + 2 * reviewed / PASSES_A_SECOND) / 60))


def _time(minutes: int) -> str:
    words = ngettext(
        "It takes about %d minute on two cores; tagging goes on.",
        "It takes about %d minutes on two cores; tagging goes on.",
        minutes,
    )
    return words % minutes


def in_words(label: str) -> str:
    """Return the label of a `Worth` in the reader's language."""
    near, _between, main = label.partition(" ")
    if near == "Near" and main in MAIN_CLASSES:
        return _("Near %(main)s") % {"main": _(main)}
    return _(label)
