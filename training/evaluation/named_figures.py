"""All figures on one set of held-out photos, as values with names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple

from training.evaluation.statistics.bootstrap import Interval

INTERVAL: Final = "_95"  # after a figure's name, in JSON


class Estimate(NamedTuple):
    """A figure and its bootstrap interval of 95 %; None where there is no photo for it."""

    value: float | None = None
    interval: Interval = None


class PhotoCounts(NamedTuple):
    """How many photos of each kind the figures are of."""

    items: int = 0
    near: int = 0
    others: int = 0


NO_ESTIMATE: Final = Estimate()
NO_PHOTOS: Final = PhotoCounts()


@dataclass(frozen=True, slots=True)
class Figures:
    """What `training.evaluation.figures.evaluate` returns; shares are 0 to 1.

    Attributes:
        photos: of each kind.
        stream: what becomes of 1,000 photos, as `training.evaluation.stream` says; None without
            items.
        main_accuracy, sub_accuracy: of items, before any decision rule.
        sub_accuracy_where_main_right: the study's, which leaves out what the main head got wrong.
        overall_accuracy: both heads right.
        near_main_accuracy: of near photos.
        main_calibration_error, sub_calibration_error: expected, over bins of equal width.
        coverage: share of items tagged with a subclass; ``tag_accuracy`` and ``wrong_tag_rate``
            are shares of these.
        items_main_class, items_unknown: items that fell back.
        main_accuracy_where_known: of items that are not unknown.
        items_main_right_or_unknown: of all items.
        near_tagged_with_subclass, others_tagged_with_subclass, others_rejected: of near photos
            and others.
        novelty_auroc, novelty_fpr_at_95_tpr: how well the novelty score separates others from
            our goods.
        per_main_class, per_subclass: precision, recall and F1 of each class and their averages.
    """

    photos: PhotoCounts = NO_PHOTOS
    stream: Mapping[str, Any] | None = None
    main_accuracy: Estimate = NO_ESTIMATE
    sub_accuracy: Estimate = NO_ESTIMATE
    sub_accuracy_where_main_right: Estimate = NO_ESTIMATE
    overall_accuracy: Estimate = NO_ESTIMATE
    near_main_accuracy: Estimate = NO_ESTIMATE
    main_calibration_error: Estimate = NO_ESTIMATE
    sub_calibration_error: Estimate = NO_ESTIMATE
    coverage: Estimate = NO_ESTIMATE
    tag_accuracy: Estimate = NO_ESTIMATE
    wrong_tag_rate: Estimate = NO_ESTIMATE
    items_main_class: Estimate = NO_ESTIMATE
    items_unknown: Estimate = NO_ESTIMATE
    main_accuracy_where_known: Estimate = NO_ESTIMATE
    items_main_right_or_unknown: Estimate = NO_ESTIMATE
    near_tagged_with_subclass: Estimate = NO_ESTIMATE
    others_rejected: Estimate = NO_ESTIMATE
    others_tagged_with_subclass: Estimate = NO_ESTIMATE
    novelty_auroc: Estimate = NO_ESTIMATE
    novelty_fpr_at_95_tpr: Estimate = NO_ESTIMATE
    per_main_class: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    per_subclass: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def estimate(self, name: str) -> Estimate:
        """Return the estimate of this name.

        Raises:
            AttributeError: if there is none.
        """
        estimate: Estimate = getattr(self, name)
        return estimate

    def as_dict(self) -> dict[str, Any]:
        """Return them JSON-ready: an estimate is two entries, ``name`` and ``name_95``."""
        return {
            "photos": self.photos._asdict(),
            "stream": self.stream,
            **flat({name: self.estimate(name) for name in ESTIMATES}),
            "per_main_class": self.per_main_class,
            "per_subclass": self.per_subclass,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Figures":
        """Return what `as_dict` gave, perhaps in an earlier release; what is missing is None."""
        counts = stored.get("photos", {})
        return cls(
            photos=PhotoCounts(*(int(counts.get(kind, 0)) for kind in PhotoCounts._fields)),
            stream=stored.get("stream"),
            per_main_class=stored.get("per_main_class", {}),
            per_subclass=stored.get("per_subclass", {}),
            **{
                name: Estimate(stored.get(name), stored.get(f"{name}{INTERVAL}"))
                for name in ESTIMATES
            },
        )


ESTIMATES: Final = tuple(one.name for one in fields(Figures) if one.type is Estimate)


def flat(estimates: Mapping[str, Estimate]) -> dict[str, float | Interval]:
    """Return each estimate as two entries, ``name`` and ``name_95``."""
    return {
        key: entry
        for name, estimate in estimates.items()
        for key, entry in ((name, estimate.value), (f"{name}{INTERVAL}", estimate.interval))
    }
