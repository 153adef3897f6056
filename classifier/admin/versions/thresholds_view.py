"""What the page about thresholds shows of a choice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from classifier.admin.versions.key_figures import percent, points
from classifier.admin.versions.thresholds_choice import Choice, named
from classifier.decision import Decision, Scores, Thresholds
from classifier.models import ListingPhoto, ModelVersion
from classifier.sentences import in_language
from classifier.taxonomy import MAIN_CLASSES, TAXONOMY, label_path
from classifier.thresholds.held_out import HeldOutPhoto, test_photos
from classifier.thresholds.preview import (
    NOTHING,
    Change,
    Consequences,
    changes,
    consequences,
    thresholds_for,
)
from classifier.versions.stream import Mix, mix_words
from classifier.wording import in_words

RECENT: Final = 500  # live photos that are decided again
SHOWN: Final = 24  # of those that change
A_SUBCLASS: Final = gettext_noop("a subclass")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: as the version is now, with the promise, and how it moves."""

    name: str
    now: str
    then: str
    by: str
    note: str = ""


def preview_of(version: ModelVersion, choice: Choice) -> dict[str, Any]:
    """Return what the promise would come to, for the template.

    Raises:
        NoHeldOutScoresError: if the version carries none that can be used.
        ValueError: if a promise is none of the table's.
    """
    base = thresholds_of(version.manifest)
    after = thresholds_for(base, choice.groups, choice.risks)
    mix = Mix.parse(settings.STREAM_MIX)
    tested = test_photos(version)
    recent = _recent(version)
    changed = changes(((p, Scores(**(p.scores or {}))) for p in recent), base, after)
    return {
        "choice": choice,
        "rows": _rows(tested, base, after, mix),
        "needed": _needed(base, after),
        "cannot": _cannot(choice),
        "nothing_changes": after == base,
        "tags_nothing": all(needed == NOTHING for needed in after.sub.values()),
        "tested": len(tested),
        "mix": in_language(mix_words(mix.as_dict())),
        "moves": _moves(tested, base, after),
        "recent": len(recent),
        "changed": len(changed),
        "shown": [_shown(change) for change in changed[:SHOWN]],
        "arguments": choice.as_arguments(),
    }


def thresholds_of(manifest: Mapping[str, Any]) -> Thresholds:
    """Return the thresholds in a ``bundle.json`` that was checked when it was registered."""
    kept = manifest["thresholds"]
    return Thresholds(kept["main"], kept["sub"], kept["novelty"])


def _recent(version: ModelVersion) -> list[ListingPhoto]:
    """Return the newest live photos that these weights scored."""
    tagged = ListingPhoto.objects.filter(
        status=ListingPhoto.Status.CLASSIFIED,
        model_version__weights_sha256=version.weights_sha256,
    )
    return list(tagged.select_related("listing").order_by("-classified_at")[:RECENT])


def _rows(
    tested: Sequence[HeldOutPhoto], base: Thresholds, after: Thresholds, mix: Mix
) -> list[Row]:
    wrong_tag = settings.GATE_WRONG_TAG_COST
    now, then = (consequences(tested, one, mix, wrong_tag) for one in (base, after))
    return [
        _row(_("tagged with a subclass"), now.tagged, then.tagged),
        _row(_("given a wrong name"), now.ends["wrong"], then.ends["wrong"]),
        _row(_("to the moderators"), now.to_the_queue, then.to_the_queue),
        _row(
            _("cost, in reviews"),
            now.cost,
            then.cost,
            _("a wrong name is worth %(count)s reviews") % {"count": f"{wrong_tag:g}"},
        ),
        Row(_("wrong among subclass tags"), _share(now), _share(then), _points(now, then)),
    ]


def _row(name: str, now: float, then: float, note: str = "") -> Row:
    by = f"{round(then) - round(now):+,d}".replace("-", "−").replace("+0", "0")
    return Row(name, _whole(now), _whole(then), by, note)


def _whole(number: float) -> str:
    return str(number_format(round(number), 0, force_grouping=True))


def _share(one: Consequences) -> str:
    return percent(one.wrong_tags)


def _points(now: Consequences, then: Consequences) -> str:
    if now.wrong_tags is None or then.wrong_tags is None:
        return "–"
    return _("%(points)s points") % {"points": points(then.wrong_tags - now.wrong_tags)}


def _needed(base: Thresholds, after: Thresholds) -> list[dict[str, str]]:
    """Return the confidence that a subclass needs, by main class; a range where they differ."""
    return [
        {"main": in_words(main), "now": _range(base, main), "then": _range(after, main)}
        for main in MAIN_CLASSES
    ]


def _range(thresholds: Thresholds, main: str) -> str:
    needed = sorted({thresholds.sub[name] for name in TAXONOMY[main]})
    if needed == [1.0]:
        return _("no subclass tags")
    low, high = (number_format(float(f"{one:.3g}")) for one in (needed[0], needed[-1]))
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def _cannot(choice: Choice) -> list[str]:
    """Return a sentence for each group that cannot keep its promise."""
    sentences = []
    for group in choice.groups:
        risk = choice.risks[group["classes"][0]]
        kept = [row["risk"] for row in group["rows"] if row["threshold"] is not None]
        if any(abs(one - risk) < 1e-9 for one in kept):
            continue
        words = _(
            "The held-out photos cannot show that at most %(risk)s %% of the tags of %(classes)s "
            "are wrong, so these would get no subclass tags at all."
        ) % {"risk": f"{100 * risk:g}", "classes": named(group["classes"])}
        if kept:
            least = _("The least that can be promised is %(risk)s %%.")
            words += f" {least % {'risk': f'{100 * kept[0]:g}'}}"
        sentences.append(words)
    return sentences


def _moves(
    tested: Sequence[HeldOutPhoto], base: Thresholds, after: Thresholds
) -> list[dict[str, Any]]:
    """Return how decisions on test photos move, the most frequent first, and whether rightly."""
    moved = changes(((photo, photo.scores) for photo in tested), base, after)
    counts: Counter[tuple[str, str]] = Counter()
    better: Counter[tuple[str, str]] = Counter()
    for change in moved:
        key = (_kind(change.before), _kind(change.after))
        counts[key] += 1
        named = change.before if change.after.sub is None else change.after
        better[key] += named.sub is not None and named.sub == change.photo.sub
    return [
        {
            "before": _(before),
            "after": _(after),
            "count": count,
            "right": better[before, after],
            "gained": after == A_SUBCLASS,
            "lost": before == A_SUBCLASS,
        }
        for (before, after), count in counts.most_common()
    ]


def _kind(decision: Decision) -> str:
    kinds = {"subclass": A_SUBCLASS, "main_class": gettext_noop("the main class")}
    return kinds.get(decision.outcome, gettext_noop("unknown"))


def _shown(change: Change) -> dict[str, Any]:
    before, after = change.before, change.after
    return {
        "photo": change.photo,
        "before": in_words(label_path(before.main, before.sub)),
        "after": in_words(label_path(after.main, after.sub)),
    }
