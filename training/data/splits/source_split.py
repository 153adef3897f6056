"""Train, validation and test that share no source: judged on shops that were never trained on."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from classifier.taxonomy import SUBCLASSES
from training.data.folder import PhotosError, Sample
from training.data.splits.split import DatasetSplit

MOST: Final = 1.6  # times its share that a split may hold: sources come whole
LEAST_TRAINED: Final = 0.4  # of each label's photos


def split_by_source(
    samples: Sequence[Sample], *, seed: int, validation: float = 0.10, test: float = 0.15
) -> DatasetSplit:
    """Return three sets that share neither a source nor a product, the same every time.

    Sources take their turn in an order by a hash of seed and name. One goes to test, then to
    validation, where it fits and leaves enough of every label to train on; the rest is trained on.
    Of a product with photos in several sets, those in test stay, else those in validation.

    Args:
        samples: the photos.
        seed: another seed gives another split.
        validation, test: shares of all photos, about.

    Raises:
        PhotosError: if sources are too few, or too much alike, to hold any of them out.
    """
    by_source: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_source[sample.source].append(sample)
    order = sorted(
        by_source, key=lambda source: hashlib.sha256(f"{seed}:{source}".encode()).digest()
    )
    held_out: dict[str, list[Sample]] = {}
    for name, share in (("test", test), ("validation", validation)):
        taken = _take(order, by_source, share * len(samples), samples)
        if not taken:
            raise PhotosError(
                f"No source can be held out for {name}: there are {len(by_source)} "
                f"({', '.join(source or 'one without a name' for source in sorted(by_source))}), "
                "and what is left must hold every label. Sources are the column source of a "
                "manifest.csv, or the folders where several are given with --photos; split by "
                "product otherwise."
            )
        held_out[name] = [sample for source in taken for sample in by_source.pop(source)]
        order = [source for source in order if source not in taken]
    rest = [sample for source in order for sample in by_source[source]]
    tested = {sample.group for sample in held_out["test"]}
    validated = _without(held_out["validation"], tested)
    seen = tested | {sample.group for sample in validated}
    return DatasetSplit(
        *(
            sorted(split, key=lambda s: s.path)
            for split in (_without(rest, seen), validated, held_out["test"])
        )
    )


def _take(
    order: Sequence[str],
    by_source: dict[str, list[Sample]],
    wanted: float,
    samples: Sequence[Sample],
) -> list[str]:
    """Return the first sources that together come near to the wanted number of photos."""
    left = Counter(sample.stratum for members in by_source.values() for sample in members)
    everything = Counter(sample.stratum for sample in samples)
    taken: list[str] = []
    count = 0
    for source in order:
        here = Counter(sample.stratum for sample in by_source[source])
        size = here.total()
        trained = all(
            left[label] - here[label] >= LEAST_TRAINED * everything[label] for label in here
        )
        shows_items = any(label in SUBCLASSES for label in here)
        # The first source must show items, or nothing could be chosen or reported.
        if trained and count + size <= MOST * wanted and (taken or shows_items):
            taken.append(source)
            left -= here
            count += size
        if count >= wanted:
            break
    return taken


def _without(samples: Iterable[Sample], products: set[str]) -> list[Sample]:
    return [sample for sample in samples if sample.group not in products]
