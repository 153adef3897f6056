"""Which promises somebody chose on the page about thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from classifier.models import ModelVersion
from classifier.wording import in_words, joined

USUAL = 0.03
Groups = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Slider:
    """One promise that can be chosen.

    Attributes:
        name: of the form's field.
        label: whose tags keep it.
        percent: the promise that is chosen, in per cent.
        least: the least promise that can be kept, in per cent; None if none of the table's can.
    """

    name: str
    label: str
    percent: float
    least: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A promise for all tags together, or one for each group of main classes.

    Attributes:
        per: ``all`` or ``main``.
        groups: of the table of promises, for this ``per``.
        risks: 0 to 1, of each group by the name of its first main class.
    """

    per: str
    groups: Groups
    risks: Mapping[str, float]

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of the trainer's job."""
        if self.per == "all":
            return {"per": "all", "risks": {"all": next(iter(self.risks.values()))}}
        by_main = {
            main: self.risks[group["classes"][0]]
            for group in self.groups
            for main in group["classes"]
        }
        return {"per": "main", "risks": by_main}


def choice_of(asked: Mapping[str, str], table: Mapping[str, Any], version: ModelVersion) -> Choice:
    """Return what a form chose; where it says nothing, what the version promises today.

    Raises:
        ValueError: if a promise is none of the table's; the message is for people.
    """
    per = "main" if asked.get("per") == "main" else "all"
    groups: Groups = table[per]
    risks = {
        group["classes"][0]: _risk(asked.get(field_name(per, group)), group, version)
        for group in groups
    }
    return Choice(per, groups, risks)


def sliders(asked: Mapping[str, str], table: Mapping[str, Any], version: ModelVersion) -> Any:
    """Return the sliders of both kinds, by ``per``; what makes no sense stands at the usual."""
    return {per: [_slider(asked, per, group, version) for group in table[per]] for per in PER}


PER = ("all", "main")


def _slider(
    asked: Mapping[str, str], per: str, group: Mapping[str, Any], version: ModelVersion
) -> Slider:
    try:
        risk = _risk(asked.get(field_name(per, group)), group, version)
    except ValueError:
        risk = USUAL
    least = next((row["risk"] for row in group["rows"] if row["threshold"] is not None), None)
    return Slider(
        field_name(per, group),
        _("All subclass tags together") if per == "all" else named(group["classes"]),
        round(100 * risk, 1),
        None if least is None else round(100 * least, 1),
    )


def field_name(per: str, group: Mapping[str, Any]) -> str:
    """Return the name of a slider's field."""
    return "promise" if per == "all" else f"promise-{group['classes'][0].lower()}"


def named(classes: Sequence[str]) -> str:
    """Return classes in the reader's language, as they are said: one, two and three."""
    return joined([in_words(name) for name in classes])


def _risk(text: str | None, group: Mapping[str, Any], version: ModelVersion) -> float:
    risks = [float(row["risk"]) for row in group["rows"]]
    if text is None:
        return min(risks, key=lambda risk: abs(risk - _today(version)))
    bounds = {"low": f"{100 * risks[0]:g}", "high": f"{100 * risks[-1]:g}"}
    expected = _(
        "A promise lies between %(low)s and %(high)s %%, in steps of half a point; this is "
        "%(given)s."
    )
    try:
        percent = float(text)
    except ValueError as error:
        raise ValueError(expected % {**bounds, "given": repr(text)}) from error
    risk = next((risk for risk in risks if abs(100 * risk - percent) < 1e-6), None)
    if risk is None:
        raise ValueError(expected % {**bounds, "given": f"{percent:g} %"})
    return risk


def _today(version: ModelVersion) -> float:
    promise = version.manifest.get("metrics", {}).get("promise") or {}
    risk = promise.get("risk")
    return float(risk) if isinstance(risk, int | float) else USUAL
