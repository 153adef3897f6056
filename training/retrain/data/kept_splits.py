"""The splits that reviewed photos were given once and for all, in the database."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from classifier.models import Split, SplitAssignment
from training.retrain.data.assign_split import Assignment, Known


def known_splits(hashes: Iterable[str]) -> dict[str, Known]:
    """Return what earlier retrainings decided for these photos."""
    wanted = set(hashes)
    # All rows are read: a list of thousands of hashes is more than SQLite takes in one query, and
    # products are found by names that only the rows know.
    rows = SplitAssignment.objects.values_list("sha256", "split", "product")
    return {
        sha256: Known(Split(split), product)
        for sha256, split, product in rows.iterator(chunk_size=5000)
        if sha256 in wanted
    }


def remember_splits(*, assignments: Mapping[str, Assignment]) -> None:
    """Keep the splits of photos that had none; those that have one keep it."""
    with transaction.atomic():
        SplitAssignment.objects.bulk_create(
            (
                SplitAssignment(sha256=sha256, split=assignment.split, product=assignment.product)
                for sha256, assignment in assignments.items()
                if assignment.split is not None
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )
