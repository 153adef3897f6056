"""The pictures of the evaluation page; what belongs together is two pictures in a row."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.safestring import SafeString
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from classifier.taxonomy import MAIN_OF, TAXONOMY
from training.report.themed import COLOURS, TITLED, Picture

DASHES: Final = ("-", (0, (5, 2)), (0, (1, 1.5)))
PANEL: Final = (4.6, 4.0)  # inches
CORNER: Final = 0.1  # of the zoomed ROC picture: good curves only differ there


def _style_of(name: str) -> dict[str, Any]:
    """Return a class's line: the main class gives the colour, the place in it the dashes."""
    main = MAIN_OF.get(name, name)
    position = TAXONOMY[main].index(name) if name in MAIN_OF else 0
    return {"color": COLOURS[main.lower()], "linestyle": DASHES[position]}


def _percent_axes(axes: Axes, *, across: str, up: str) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def roc_pictures(curves: Mapping[str, Any], title: str) -> SafeString:
    """Draw one-vs-rest ROC curves whole, and their top left corner enlarged."""
    present = {name: curve for name, curve in curves.items() if curve}
    areas = ", ".join(f"{name} {curve['auc']:.3f}" for name, curve in present.items())
    whole = Picture(*PANEL)
    with whole as axes:
        _roc_lines(axes, present)
        axes.plot([0, 1], [0, 1], color=COLOURS["muted"], linewidth=0.8, linestyle=":")
        axes.legend(loc="lower right", title="area under the curve", alignment="left")
        _percent_axes(axes, across="false positives", up="true positives")
    corner = Picture(*PANEL)
    with corner as axes:
        _roc_lines(axes, present)
        axes.set_xlim(-CORNER / 50, CORNER)
        axes.set_ylim(1 - 3 * CORNER, 1 + CORNER / 20)
        _percent_axes(axes, across="false positives, the first 10 %", up="true positives")
    return whole.svg(f"ROC curves of {title}. Areas: {areas}.") + corner.svg(
        f"The same curves of {title}, their top left corner enlarged."
    )


def _roc_lines(axes: Axes, curves: Mapping[str, Any]) -> None:
    for name, curve in curves.items():
        axes.plot(
            curve["false_positive_rate"],
            curve["true_positive_rate"],
            label=f"{name}  {curve['auc']:.3f}",
            **_style_of(name),
        )


def novelty_picture(curve: Mapping[str, Any]) -> SafeString:
    """Draw how many of our goods are kept against how many others slip through."""
    picture = Picture(*PANEL)
    with picture as axes:
        axes.plot(
            curve["false_positive_rate"], curve["true_positive_rate"], color=COLOURS["accent"]
        )
        axes.axhline(0.95, color=COLOURS["muted"], linewidth=0.8, linestyle=":")
        _percent_axes(axes, across="others taken for our goods", up="our goods kept")
    return picture.svg(f"ROC curve of the novelty score, area {curve['auc']:.3f}.")


def calibration_picture(title: str, bins: Sequence[Mapping[str, float]]) -> SafeString:
    """Draw accuracy over confidence, a dot a bin, as large as the bin is full."""
    picture = Picture(*PANEL, above=TITLED)
    with picture as axes:
        total = sum(b["photos"] for b in bins)
        axes.plot([0, 1], [0, 1], color=COLOURS["muted"], linewidth=0.8, linestyle=":")
        across = [b["confidence"] for b in bins]
        up = [b["accuracy"] for b in bins]
        axes.plot(across, up, color=COLOURS["accent"], linewidth=1)
        sizes = [18 + 500 * b["photos"] / total for b in bins]
        axes.scatter(
            across, up, s=sizes, color=COLOURS["accent"], alpha=0.55, linewidth=0, clip_on=False
        )
        axes.set_title(title, loc="left", color=COLOURS["ink"])
        axes.set_xlim(0, 1.03)
        axes.set_ylim(0, 1.03)
        _percent_axes(axes, across="confidence", up="accuracy")
    return picture.svg(f"Calibration curve, {title}: accuracy of photos over their confidence.")


def robustness_picture(robustness: Mapping[str, Any], kind: str, title: str) -> SafeString:
    """Draw accuracy over the share of the photo that is covered, or that is cut away."""
    lines = (
        ("main_accuracy", "main class", "accent", "-"),
        ("sub_accuracy", "subclass", "clothing", "-"),
        ("coverage", "tagged to the subclass", "muted", (0, (4, 2))),
        ("tag_accuracy", "of these tags, right", "good", (0, (1, 1.5))),
    )
    picture = Picture(*PANEL, above=TITLED)
    with picture as axes:
        for figure, label, colour, dashes in lines:
            _line(axes, robustness, kind, figure, label=label, color=COLOURS[colour], ls=dashes)
        axes.set_title(title, loc="left", color=COLOURS["ink"])
        axes.set_ylim(0, 1.03)
        _percent_axes(axes, across="share of the photo's area", up="share of photos")
        axes.legend(loc="lower left")
    return picture.svg(f"Accuracy when {title}: 0 to 60 % of the photo.")


def _line(axes: Axes, robustness: Mapping[str, Any], kind: str, figure: str, **style: Any) -> None:
    rows, shares = robustness[kind], robustness["shares"]
    up = [float("nan") if row[figure] is None else row[figure] for row in rows]
    axes.plot(shares, up, marker="o", markersize=3.5, **style)
    intervals = [row.get(f"{figure}_95") for row in rows]
    if all(intervals):
        low, high = zip(*intervals, strict=True)
        axes.fill_between(shares, low, high, color=style["color"], alpha=0.13, linewidth=0)


def pictures(document: Mapping[str, Any]) -> dict[str, SafeString]:
    """Return all pictures of one evaluation document; those without photos are left out."""
    curves = document["curves"]
    pictures_of = {
        "calibration": calibration_picture("main classes", curves["main"]["calibration"])
        + calibration_picture("subclasses", curves["sub"]["calibration"])
    }
    for level, title in (("main", "the main classes"), ("sub", "the subclasses")):
        if any(curves[level]["roc"].values()):
            pictures_of[f"roc_{level}"] = roc_pictures(curves[level]["roc"], title)
    if curves["novelty"]["roc"]:
        pictures_of["novelty"] = novelty_picture(curves["novelty"]["roc"])
    robustness = document["robustness"]
    if robustness["photos"]:
        pictures_of["robustness"] = robustness_picture(
            robustness, "covered", "a part is covered"
        ) + robustness_picture(robustness, "cut", "a part is cut away")
    return pictures_of
