"""One run: uploads go on, faults come, and at the end every photo is accounted for."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.faults import KINDS, Faults
from tests.chaos.leaks import Largest, footprint
from tests.chaos.retraining import EVERY, Retrained, Retrainings
from tests.chaos.schedule import Fault, make_schedule
from tests.chaos.setups import Setup, running
from tests.chaos.uploads import Uploads
from tests.servers.processes import wait_until

# For the uploads between two faults; on a machine with other work they are a matter of minutes.
UPLOADS_SECONDS: Final = 900
# For retrainings, and for tagging all photos again, which a promotion begins anew.
BACKGROUND_SECONDS: Final = 900
PENDING: Final = "classifier_listingphoto WHERE status = 'pending'"
UNFINISHED: Final = (
    "classifier_retrainrun WHERE finished_at IS NULL",
    "classifier_reclassification WHERE finished_at IS NULL",
)
# What the database and the storage hold at the end; printed by a process of the system's own.
COUNT: Final = """
import json
from datetime import timedelta
from django.core.files.storage import default_storage
from classifier.models import ListingPhoto, Reclassification, RetrainRun
from classifier.photos import cleanup, orphans
orphans.YOUNGEST = timedelta(0)
cleanup.remove_files()
found = list(orphans.find_orphans())
removed = orphans.remove_orphans()
print(json.dumps({
    "photos": {p.pk: p.status for p in ListingPhoto.objects.all()},
    "waiting": [[p.pk, p.attempts, str(p.claimed_until), p.error]
                for p in ListingPhoto.objects.filter(status="pending")],
    "errors": {p.pk: p.error for p in ListingPhoto.objects.filter(status="failed")},
    "claimed": ListingPhoto.objects.exclude(status="pending").filter(claim__isnull=False).count(),
    "without_file": [p.pk for p in ListingPhoto.objects.all()
                     if not default_storage.exists(p.image.name)],
    "unfinished": sum(kind.objects.filter(finished_at=None).count()
                      for kind in (Reclassification, RetrainRun)),
    "files_of_killed_uploads": len(found), "orphans": len(list(orphans.find_orphans())),
}))
"""


@dataclass
class Outcome:
    """What was done and counted."""

    setup: str
    seed: int
    faults: list[Fault]
    taken: int = 0
    classified: int = 0
    failed: int = 0
    poisoned: int = 0
    lost: list[int] = field(default_factory=list)
    double: list[int] = field(default_factory=list)
    stuck: list[list[object]] = field(default_factory=list)
    innocent: list[str] = field(default_factory=list)
    without_file: list[int] = field(default_factory=list)
    claimed: int = 0
    orphans: int = 0
    removed: int = 0
    unfinished: int = 0
    retrained: Retrained = field(default_factory=Retrained)
    held: Largest = field(default_factory=Largest)
    settled_after: float = 0.0
    finished_after: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return not (
            self.lost or self.double or self.stuck or self.innocent or self.without_file
            or self.claimed or self.orphans or self.unfinished or self.held.leaks
            or self.retrained.faults
        )  # fmt: skip

    def __str__(self) -> str:
        kinds = sorted({fault.kind for fault in self.faults})
        return (
            f"{self.setup}, seed {self.seed}: {self.taken} photos taken, {len(self.faults)} faults "
            f"of {len(kinds)} kinds. {len(self.lost)} lost, {len(self.double)} double, "
            f"{len(self.stuck)} stuck, {len(self.innocent)} innocent failures, "
            f"{len(self.without_file)} without their file, {self.claimed} claims left, "
            f"{len(self.held.leaks)} leaks, {self.unfinished} unfinished retrainings or tagging "
            f"again, {len(self.retrained.faults)} faults of retrainings, "
            f"{self.orphans} orphans ({self.removed} files of killed uploads removed). "
            f"{self.classified} tagged, {self.failed} failed of {self.poisoned} poisoned. All were "
            f"settled {self.settled_after:.0f} s after the last upload, retrained and tagged again "
            f"{self.finished_after:.0f} s after it. {self.retrained}. "
            f"Answers: {self.answers}. Held: {self.held}."
        )


def run_chaos(
    *, setup: str, seed: int, photos: int, faults: int, longest: float, settle: float = 300,
    report: Callable[[str], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    """Run one set-up through the schedule of a seed.

    Args:
        longest: seconds that a fault lasts at most.
        settle: the bound within which every photo has its final state after the last upload.
        report: is told what happens, line by line.
    """
    schedule = make_schedule(
        seed=seed, kinds=KINDS[setup], faults=faults, photos=photos, longest=longest
    )
    outcome = Outcome(setup, seed, schedule)
    with running(setup) as broken:
        uploads = Uploads(broken.system, photos)
        uploads.sign_in()
        retrainings = Retrainings(broken, uploads)
        retrainings.settle_first()
        causes = Faults(broken, uploads, retrainings, seed)
        with uploads.going_on():
            for number, fault in enumerate(schedule, start=1):
                _wait_for(fault, uploads, broken)
                uploads.allow(photos * number // len(schedule))
                held = footprint(broken.system.worker)
                report(
                    f"{len(uploads.taken):>6} taken · {fault.kind}, {fault.seconds:g} s · {held}"
                )
                if number % EVERY == 0:
                    retrainings.ask_for_one()
                causes.cause(fault.kind, fault.seconds)
                broken.revive()
                _measure(broken, outcome)
        broken.revive()
        outcome.settled_after = _settle(broken, PENDING, settle)
        outcome.finished_after = outcome.settled_after + sum(
            _settle(broken, condition, BACKGROUND_SECONDS) for condition in UNFINISHED
        )
        _count(broken, uploads, causes, outcome)
        outcome.retrained = retrainings.count()
    return outcome


def _measure(broken: Setup, outcome: Outcome) -> None:
    system = broken.system
    outcome.held.measure(
        system.web, system.worker, system.trainer, connections=broken.connections()
    )


def _wait_for(fault: Fault, uploads: Uploads, broken: Setup) -> None:
    def enough() -> bool:
        broken.revive()
        return len(uploads.taken) >= fault.after

    wait_until(enough, what=f"{fault.after} photos are taken", seconds=UPLOADS_SECONDS)


def _settle(broken: Setup, condition: str, seconds: float) -> float:
    """Wait until no row meets the condition; return after how many seconds.

    What still does when the bound is over is counted as stuck, or as unfinished.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        broken.revive()
        if broken.ask(f"SELECT count(*) FROM {condition}") == [(0,)]:  # noqa: S608  # our own words
            break
        time.sleep(1)
    return time.monotonic() - began


def _count(broken: Setup, uploads: Uploads, causes: Faults, outcome: Outcome) -> None:
    done = broken.system.manage("shell", "-v0", "--command", COUNT)
    counts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    status = {int(number): state for number, state in counts["photos"].items()}
    errors = {int(number): error for number, error in counts["errors"].items()}
    taken, poisoned = set(uploads.taken), set(causes.poisoned)
    outcome.taken, outcome.poisoned = len(taken), len(poisoned)
    outcome.lost = sorted(taken - set(status))
    # What nobody was answered 201 for is there a second time, under another number.
    outcome.double = sorted(set(status) - taken)
    outcome.stuck = counts["waiting"]
    outcome.innocent = [f"{n}: {e}" for n, e in errors.items() if n not in poisoned]
    outcome.classified = sum(state == "classified" for state in status.values())
    outcome.failed = len(errors)
    outcome.claimed, outcome.without_file = counts["claimed"], counts["without_file"]
    outcome.orphans, outcome.unfinished = counts["orphans"], counts["unfinished"]
    _measure(broken, outcome)
    outcome.removed = counts["files_of_killed_uploads"]
    outcome.answers = dict(sorted(uploads.answers.items()))


def print_line(text: str) -> None:
    """Print a line at once, so that a run that hangs shows where."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
