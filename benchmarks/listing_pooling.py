"""One decision for a listing against its first photo alone and its best photo alone.

`python -m benchmarks.listing_pooling` reads the starter's held-out scores, so it needs neither
photos nor a GPU. Products with several photos of one label count; test photos give the figures,
validation photos are those on which the rule was chosen.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scipy.stats import binomtest

from benchmarks.repository import STARTER
from classifier.decision import Decision, Scores, Thresholds, decide
from classifier.ml.manifest import read_manifest
from classifier.review.pooling import contradicts, decide_listing, pool
from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """A product's photos; main class and subclass are None where it belongs to none."""

    photos: list[tuple[Scores, Decision]]
    main: str | None
    sub: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of a product: its likeliest subclass, and its tag; None without one."""

    likeliest: str
    tag: str | None


Rule = Callable[[Product, Thresholds], Answer]


def _of_photo(scores: Scores, decision: Decision) -> Answer:
    return Answer(max(SUBCLASSES, key=scores.sub.__getitem__), decision.sub)


def _first(product: Product, _: Thresholds) -> Answer:
    return _of_photo(*product.photos[0])


def _best(product: Product, _: Thresholds) -> Answer:
    """Return the answer of the photo with the surest subclass that is not novel."""
    return _of_photo(
        *max(product.photos, key=lambda one: (1 - one[0].novelty) * max(one[0].sub.values()))
    )


def _pooled(product: Product, thresholds: Thresholds) -> Answer:
    pooled = pool([scores for scores, _ in product.photos])
    likeliest = max(SUBCLASSES, key=pooled.sub.__getitem__)
    return Answer(likeliest, decide_listing(product.photos, thresholds).sub)


RULES: Final[dict[str, Rule]] = {
    "first photo": _first,
    "best photo": _best,
    "all photos pooled": _pooled,
}


def groups_of(rows: Iterable[Row], thresholds: Thresholds) -> list[list[Product]]:
    """Return every group with several photos, as one product for each of its labels."""
    groups: dict[str, dict[tuple[str, str], Product]] = {}
    for row in rows:
        products = groups.setdefault(row["group"], {})
        new = Product([], row["main"] or None, row["sub"] or None)
        product = products.setdefault((row["main"], row["sub"]), new)
        scores = _scores(row)
        product.photos.append((scores, decide(scores, thresholds)))
    listings = [list(products.values()) for products in groups.values()]
    return [group for group in listings if sum(len(product.photos) for product in group) > 1]


def _scores(row: Row) -> Scores:
    main = {name: float(row[name]) for name in MAIN_CLASSES}
    sub = {name: float(row[name]) for name in SUBCLASSES}
    return Scores(main, sub, float(row["novelty"]))


def _share(values: Sequence[bool]) -> str:
    """Return a share with its 95 % interval (Wilson 1927); each product counts once."""
    if not values:
        return "–"
    low, high = binomtest(sum(values), len(values)).proportion_ci(method="wilson")
    return f"{sum(values)} of {len(values)} ({100 * low:.0f}–{100 * high:.0f} %)"


def _table(products: Sequence[Product], thresholds: Thresholds) -> None:
    _print(f"| of {len(products)} products | likeliest is right | tagged | tags that are wrong |")
    _print("| --- | --- | --- | --- |")
    for name, rule in RULES.items():
        answers = [(product, rule(product, thresholds)) for product in products]
        likeliest = [answer.likeliest == product.sub for product, answer in answers]
        tagged = [answer.tag is not None for _, answer in answers]
        wrong = [answer.tag != product.sub for product, answer in answers if answer.tag]
        _print(f"| {name} | {_share(likeliest)} | {_share(tagged)} | {_share(wrong)} |")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _alarms(groups: Sequence[Sequence[Product]]) -> None:
    """Tell how often photos contradict each other, of one piece and of several in one picture."""

    def alarm(products: Sequence[Product]) -> bool:
        each = [decision for product in products for _, decision in product.photos]
        return contradicts([(decision.main, decision.sub) for decision in each])

    one = [alarm(group) for group in groups if len(group) == 1]
    several = [alarm(group) for group in groups if len({product.main for product in group}) > 1]
    _print(f"Photos of one piece contradict each other: {_share(one)}.")
    _print(f"Photos of pieces of several main classes do: {_share(several)}.")


def main() -> None:
    thresholds = read_manifest(STARTER).thresholds
    with (STARTER / "held_out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for split in ("test", "validation"):
        groups = groups_of((row for row in rows if row["split"] == split), thresholds)
        products = [group[0] for group in groups if len(group) == 1]
        _print(f"\n{split} photos of {STARTER.name}\n\nItems:\n")
        _table([product for product in products if product.sub], thresholds)
        _print("\nNear products and others, where every tag is wrong:\n")
        _table([product for product in products if not product.sub], thresholds)
        _print("")
        _alarms(groups)


if __name__ == "__main__":
    main()
