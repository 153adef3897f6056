"""Parts of constraints that several models share: the label tree and shares."""

from django.db.models import Q

from classifier.taxonomy import TAXONOMY


def choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return choices whose words are the values themselves."""
    return [(value, value) for value in values]


def share(name: str) -> Q:
    """A confidence is empty or lies between 0 and 1 (with room for single-precision sums)."""
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 1.000001})


def sampling_probability() -> Q:
    """Only a sampled photo has a sampling probability; rows older than that field have none."""
    none = Q(sampling_share__isnull=True)
    return none | Q(sampled=True, sampling_share__gt=0, sampling_share__lte=1)


def labels_of_taxonomy() -> Q:
    """Main class and subclass are of the label tree, and the subclass of that main class."""
    none = Q(main__isnull=True, sub__isnull=True)
    # "Not null" is said aloud: a CHECK that comes out as NULL would let the row pass.
    some = [
        Q(main__isnull=False, main=main) & (Q(sub__isnull=True) | Q(sub__in=subs))
        for main, subs in TAXONOMY.items()
    ]
    return Q(none, *some, _connector=Q.OR)
