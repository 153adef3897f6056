"""The splits that reviewed photos were given once and for all, in the database."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from classifier.models import Split, SplitAssignment
from training.retrain.data.assign_split import Assignment, Known


def known_parts(hashes: Iterable[str]) -> dict[str, Known]:
    """Return what earlier retrainings decided for these photos."""
    wanted = set(hashes)
    # All rows are read: a list of thousands of hashes is more than SQLite takes in one query, and
    # products are found by names that only the rows know.
    rows = SplitAssignment.objects.values_list("sha256", "split", "product")
    return {
        sha256: Known(Split(part), product)
        for sha256, part, product in rows.iterator(chunk_size=5000)
        if sha256 in wanted
    }


def remember_parts(*, assignments: Mapping[str, Assignment]) -> None:
    """Keep the parts of photos that had none; those that have one keep it."""
    with transaction.atomic():
        SplitAssignment.objects.bulk_create(
            (
                SplitAssignment(sha256=sha256, split=assignment.part, product=assignment.product)
                for sha256, assignment in assignments.items()
                if assignment.part is not None
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )
