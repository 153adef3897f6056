"""What each promise comes to: thresholds and coverage, for a page that lets people choose one."""

from collections.abc import Mapping
from typing import Any, Final

from classifier.decision import Thresholds
from classifier.versions.stream import Mix
from training.calibration.held_out_scores import HeldOutScores
from training.calibration.promise import Per, Promise, Promised, choose_by_promise

# From 0.5 to 10 % in steps of half a point.
RISKS: Final = tuple(step / 200 for step in range(1, 21))
CONFIDENCE: Final = 0.90


def promise_table(held_out: HeldOutScores, base: Thresholds, mix: Mix) -> dict[str, Any]:
    """Return what each of `RISKS` comes to, for all tags together and for each main class, as JSON.

    Args:
        held_out: the version's scores of photos that may choose thresholds.
        base: the version's thresholds.
        mix: shares of the stream.

    Returns:
        ``confidence``, ``mix``, ``photos``, and ``all`` and ``main``: lists of groups, each with
        its ``classes`` and ``rows`` of ``risk``, ``threshold`` (None: no threshold keeps it) and
        ``coverage``.

    Raises:
        ValueError: if a kind of the mix has no photo.
    """
    by_per = {per: _groups(held_out, base, mix, per) for per in ("all", "main")}
    photos = len(held_out)
    return {"confidence": CONFIDENCE, "mix": mix.as_dict(), "photos": photos, **by_per}


def _groups(held_out: HeldOutScores, base: Thresholds, mix: Mix, per: Per) -> list[dict[str, Any]]:
    chosen = [
        choose_by_promise(
            held_out.scores, held_out.truth, Promise(risk, CONFIDENCE, mix, per), base
        )
        for risk in RISKS
    ]
    return [
        {"classes": list(group.classes), "rows": [_row(one, number) for one in chosen]}
        for number, group in enumerate(chosen[0].fitted)
    ]


def _row(promised: Promised, group: int) -> Mapping[str, Any]:
    fitted = promised.fitted[group]
    return {
        "risk": promised.promise.risk,
        "threshold": fitted.threshold,
        "coverage": fitted.coverage,
    }
