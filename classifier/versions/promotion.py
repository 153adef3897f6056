"""Which version is in production: promote, roll back, keep the gate's report, look back in time.

All promotions take one lock, so two at once come one after the other, and the later one sees what
the earlier one did. Every change of champion is a row of `Promotion`; rows are never changed.
"""

import logging
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from classifier.models import ModelVersion, Promotion
from classifier.versions import registry, storage
from classifier.versions.registry import RegistryError

logger = logging.getLogger(__name__)
State = ModelVersion.State


class PromotionError(RegistryError):
    """A version cannot become champion, or be rejected; the message says why."""


class ChampionChangedError(PromotionError):
    """Another version became champion meanwhile."""


def promote(
    *,
    version: ModelVersion,
    by: User | None = None,
    trigger: Promotion.Trigger = Promotion.Trigger.PERSON,
    instead_of: ModelVersion | EllipsisType | None = ...,
    reason: str = "",
) -> None:
    """Make a version the champion and retire the one before; workers notice by themselves.

    Promoting the champion changes nothing and writes no row. Against the gate it takes a reason,
    which is kept with the promotion.

    Args:
        by: who wants it; None for the command line and the gate.
        instead_of: the version it was compared with (None: there was none). If that is not the
            champion any more, nothing is changed.
        reason: why it is promoted though the gate said no; else it is not kept.

    Raises:
        PromotionError: if the gate said no and there is no reason.
        ChampionChangedError: if another version than ``instead_of`` is the champion now.
    """
    with transaction.atomic():
        _lock()
        before = registry.champion()
        _must_be(before, instead_of, version)
        # The row as it is now; the caller's copy may be old.
        version.refresh_from_db(fields=["state", "gate"])
        if before == version:
            return
        reason = _needed_reason(version, reason)
        if reason:
            trigger = Promotion.Trigger.OVERRIDE
        _take_over(version, before, by=by, trigger=trigger, reason=reason)
    logger.info("%s is the champion now; before it was %s.", version, before or "none")


def _lock() -> None:
    """Wait for any other promotion to end; call it first in a transaction.

    (SQLite's transactions exclude each other anyway.) Not the full lock: workers that store
    results refer to these rows, and must not wait for it.
    """
    list(ModelVersion.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _must_be(
    champion: ModelVersion | None,
    instead_of: ModelVersion | EllipsisType | None,
    version: ModelVersion,
) -> None:
    if isinstance(instead_of, EllipsisType) or champion == instead_of:
        return
    raise ChampionChangedError(
        f"{version} was to replace {instead_of or 'no champion'}, but meanwhile "
        f"{champion or 'none'} is the champion. Compare it with that one first."
    )


def _needed_reason(version: ModelVersion, reason: str) -> str:
    """Return why the gate is overruled; empty where it is not."""
    if not version.is_against_gate:
        return ""
    if not reason.strip():
        why = (version.gate or {}).get("summary", "")
        raise PromotionError(
            f"{version} was rejected by the gate. {why} To promote it all the same, give a reason: "
            "it is kept with the promotion."
        )
    return reason.strip()


def _take_over(
    version: ModelVersion,
    before: ModelVersion | None,
    *,
    by: User | None,
    trigger: Promotion.Trigger,
    reason: str,
) -> None:
    ModelVersion.objects.champions().update(state=State.RETIRED)
    at = timezone.now()
    last = Promotion.objects.values_list("at", flat=True).first()
    if last is not None and at <= last:
        # The clock of another machine is ahead of ours: the record stays in order.
        at = last + timedelta(microseconds=1)
    Promotion.objects.create(
        version=version, replaced=before, at=at, by=by, trigger=trigger, reason=reason
    )
    version.state, version.promoted_at, version.promoted_by = State.CHAMPION, at, by
    # What went wrong the last time it was in production says nothing about this time.
    version.load_error, version.load_failed_at = "", None
    version.save(
        update_fields=["state", "promoted_at", "promoted_by", "load_error", "load_failed_at"]
    )


def rollback(*, by: User | None = None) -> ModelVersion:
    """Make the version that was champion before the champion again, and return it.

    Done twice, it is undone.

    Raises:
        PromotionError: if there was none before.
        ChampionChangedError: if somebody else changed the champion in the same moment.
        BundleError: if its bundle cannot be used; the champion stays.
    """
    last = Promotion.objects.select_related("version", "replaced").first()
    if last is None or last.replaced is None:
        raise PromotionError("No model was in production before this one, so there is no way back.")
    # Before the lock is taken: on another machine's storage this takes a while.
    storage.check_files(last.replaced)
    promote(
        version=last.replaced, by=by, trigger=Promotion.Trigger.ROLLBACK, instead_of=last.version
    )
    return last.replaced


def record_gate_report(*, version: ModelVersion, gate: dict[str, Any], rejected: bool) -> None:
    """Keep the gate's report with a version; to promote one that it rejected takes a reason.

    Raises:
        PromotionError: if the gate rejects a version that is or was in production.
    """
    with transaction.atomic():
        _lock()
        version.refresh_from_db(fields=["state"])
        if rejected and version.state not in (State.CANDIDATE, State.REJECTED):
            raise PromotionError(
                f"{version} is {version.get_state_display()}; only a candidate can be rejected."
            )
        version.gate = gate
        if rejected:
            version.state = State.REJECTED
        version.save(update_fields=["gate", "state"])


def live_at(when: datetime) -> ModelVersion | None:
    """Return the version that was champion at a moment; None if there was none yet.

    A batch that was at work at the moment of a promotion still carries the version before.
    """
    promotion = Promotion.objects.filter(at__lte=when).select_related("version").first()
    return None if promotion is None else promotion.version
