"""What the cost came to, in sentences: reviews per 1,000 photos of the stream."""

from training.evaluation.statistics.paired import Difference


def cost_sentence(difference: Difference, allowed: float | None = None) -> str:
    """Return both costs, how they differ and whether chance could explain it.

    Args:
        allowed: the rise that must be excluded, in reviews; None where a fall is asked for.
    """
    both = (
        f"1,000 photos cost {_reviews(difference.candidate)} with the candidate and "
        f"{reviews(difference.champion)} with the champion: {_change(difference)}"
    )
    if difference.high < 0:
        return f"{both}. Chance does not explain that."
    if allowed is None:
        fell = difference.difference < 0
        return f"{both}. {'Chance could explain that' if fell else 'That is no gain'}."
    if difference.high <= allowed:
        return f"{both}. A rise of more than {_reviews(allowed)} can be excluded."
    return f"{both}. {_not_excluded(difference)}; a rise of at most {reviews(allowed)} is allowed."


def cost_reason(difference: Difference) -> str:
    """Return why the cost stops a candidate, as a clause."""
    if difference.low > 0:
        return f"1,000 photos cost {_change(difference)}"
    rise = _reviews(difference.high)
    return f"a rise of the cost by up to {rise} per 1,000 photos cannot be excluded"


def fewer_tags_alone() -> str:
    """Return why a lower cost is no gain."""
    return (
        " But it also tags fewer photos, and if the champion left out as many at random, it could "
        "cost as little."
    )


def reviews(number: float) -> str:
    """Return a number of reviews without its unit, in full ones."""
    return f"{abs(number):,.0f}"


def _reviews(number: float) -> str:
    amount = reviews(number)
    return f"{amount} review" if amount == "1" else f"{amount} reviews"


def _change(difference: Difference) -> str:
    # Of the numbers as they are shown, so that whoever subtracts them finds the same.
    change = round(difference.candidate) - round(difference.champion)
    if reviews(change) == "0":
        return "the same"
    return f"{_reviews(change)} {'fewer' if change < 0 else 'more'}"


def _not_excluded(difference: Difference) -> str:
    return f"A rise of up to {_reviews(difference.high)} cannot be excluded"
