"""How figures and file names are written on the pages of training."""

from collections.abc import Sequence

from django import template

from classifier.photos.local_files import shown_path

register = template.Library()
NOTHING = "–"
register.filter("shown_path", shown_path)


@register.filter
def share(value: float | None) -> str:
    """Return a share as per cent with one decimal; 100 % and 0 % only where they are exact."""
    if value is None:
        return NOTHING
    text = f"{100 * value:.1f}"
    if text == "100.0" and value < 1:
        text = "> 99.9"
    elif text == "0.0" and value > 0:
        text = "< 0.1"
    return f"{text.removesuffix('.0') if value in (0, 1) else text} %"


@register.filter
def whole(value: float) -> str:
    """Return a share as whole per cent."""
    return f"{round(100 * value)} %"


@register.filter
def interval(bounds: Sequence[float] | None) -> str:
    """Return a 95 % interval of a share, such as ``98.1 – 99.4 %``."""
    if not bounds:
        return ""
    low, high = (f"{100 * bound:.1f}" for bound in bounds)
    return f"{low} – {high} %"


@register.filter
def decimals(value: float | None, places: int = 3) -> str:
    """Return a number with a fixed number of decimals."""
    return NOTHING if value is None else f"{value:.{places}f}"


@register.filter
def item(values: dict[str, object], key: str) -> object:
    """Return ``values[key]``, for keys that a template cannot write."""
    return values.get(key)


@register.filter
def points(ends: Sequence[float] | None) -> str:
    """Return an interval of a difference of shares, such as ``−0.3 – +2.1 points``."""
    if not ends:
        return ""
    if not any(ends):
        return "none"
    low, high = (f"{100 * end:+.1f}".replace("-", "−") for end in ends)
    return f"{low} – {high} points"


@register.filter
def reviews(number: float | None) -> str:
    """Return a cost, such as ``412 reviews``."""
    return NOTHING if number is None else f"{number:,.0f} reviews"


@register.filter
def more_reviews(ends: Sequence[float] | None) -> str:
    """Return an interval of a difference of costs, such as ``−406 – −80 reviews``."""
    if not ends:
        return ""
    if not any(ends):
        return "none"
    low, high = (f"{end:+,.0f}".replace("-", "−") for end in ends)
    return f"{low} – {high} reviews"
