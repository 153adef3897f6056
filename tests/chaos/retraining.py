"""Retrainings that go on meanwhile: asked for as the admin's button does, and how each ended."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from classifier.taxonomy import SUBCLASSES
from tests.chaos.setups import Setup
from tests.chaos.uploads import Uploads
from tests.servers.processes import wait_until
from tests.training.patterns import tinted_jpeg

# Boots and flats, each in a listing of its own.
KINDS: Final = (SUBCLASSES.index("Boots"), SUBCLASSES.index("Flats"))
REVIEWED_EACH: Final = 8
EVERY: Final = 4  # faults
# Until the trainer, which has to load torch on a busy machine, is in the stage that is waited for.
STAGE_SECONDS: Final = 120
STAGES: Final = ("collect", "train", "evaluate", "register", "promote")
TRIES: Final = 5
# A person has to do something about these: a full disk, and a champion whose files are damaged.
REASONS_TO_FAIL: Final = ("is full", "Register the bundle again")
# Settled photos, and a wish for a retraining; by a process of the system's own.
SETTLE: Final = """
from uuid import uuid4
from django.contrib.auth.models import User
from classifier.models import ListingPhoto, Review
from classifier.review import direct, verdicts
moderator, _ = User.objects.get_or_create(username="moderator")
def settle(photo, sub):
    said = verdicts.Verdict(Review.Verdict.SUBCLASS, "Shoes", sub)
    direct.settle(moderator=moderator, photo=photo, key=uuid4(), seen=None, verdict=said,
                  seconds=1.0)
unsettled = ListingPhoto.objects.filter(status="classified", reviews=None)
"""
FIRST: Final = """
for photo, sub in PHOTOS:
    settle(photo, sub)
"""
ASK: Final = """
from classifier import retraining
from classifier.models import RetrainRun
for photo in unsettled.values_list("pk", flat=True)[:1]:
    settle(photo, "Boots")
asked = retraining.request(trigger=RetrainRun.Trigger.ADMIN, policy=RetrainRun.Policy.ALWAYS,
                           by=moderator)
print("asked", asked.pk)
"""
# What became of all of them.
COUNT: Final = """
import json
from pathlib import Path
from django.conf import settings
from classifier.ml.manifest import BundleError
from classifier.models import DatasetReview, ModelVersion, Promotion, RetrainRun, Review
from classifier.versions import storage
def damaged(version):
    try:
        storage.check_files(version)
    except BundleError as error:
        return f"{version}: {error}"
work = Path(settings.VAR_DIR) / "retraining" / "work"
versions = list(ModelVersion.objects.all())
runs = list(RetrainRun.objects.order_by("pk"))
made = [run.candidate.name for run in runs if run.candidate]
print(json.dumps({
    "runs": {run.pk: [run.state, run.verdict or "", run.message] for run in runs},
    "made": made,
    "versions": [version.name for version in versions],
    "stored": storage.bundle_storage().listdir("")[0],
    "damaged": [why for why in map(damaged, versions) if why],
    "without_reviews": [name for name in made
                        if not DatasetReview.objects.filter(version__name=name).exists()],
    "champions": ModelVersion.objects.champions().count(),
    "promoted": sorted(Promotion.objects.exclude(trigger="person")
                       .values_list("version__name", flat=True)),
    "reviews": Review.objects.final().count(),
    "work": [path.name for path in work.glob("*")],
}))
"""


@dataclass
class Retrained:
    """How the retrainings of a run ended, and what is wrong with that."""

    asked: int = 0
    killed: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.asked} retrainings asked for, the trainer was killed in {self.killed} of them; "
            f"they ended as {self.ended}"
        )


class Retrainings:
    """Asks one set-up for retrainings while it is broken, and counts them at the end."""

    def __init__(self, setup: Setup, uploads: Uploads) -> None:
        self._setup = setup
        self._uploads = uploads
        self._asked: set[int] = set()
        self._settled = 0
        self.killed: set[int] = set()

    def settle_first(self) -> None:
        """Send drawn photos, wait for their tags, and settle them as a moderator does."""
        sent = [
            (self._uploads.send(tinted_jpeg(kind, 1000 + number)), kind)
            for number in range(REVIEWED_EACH)
            for kind in KINDS
        ]
        wait_until(
            lambda: self._setup.ask(
                "SELECT count(*) FROM classifier_listingphoto WHERE status = 'pending'"
            ) == [(0,)],
            what="the first photos are tagged",
        )  # fmt: skip
        photos = [(number, "Boots" if kind == KINDS[0] else "Flats") for number, kind in sent]
        self._shell(SETTLE + FIRST.replace("PHOTOS", repr(photos)))
        self._settled += len(photos)

    def ask_for_one(self) -> int:
        """Return the number of the retraining that is unfinished; ask for one if none is.

        One more photo is settled before, so that there is something new to learn from.
        """
        for _ in range(TRIES):
            if (run := self.unfinished()) is not None:
                self._asked.add(run)
                return run
            done = self._setup.system.manage("shell", "-v0", "--command", SETTLE + ASK, check=False)
            if "asked" in done.stdout:
                self._asked.add(run := int(done.stdout.split()[-1]))
                return run
            time.sleep(1)  # it recovers from the fault before
        raise AssertionError(f"No retraining could be asked for: {done.stdout}{done.stderr}")

    def unfinished(self) -> int | None:
        """Return the number of the retraining that waits or works, if there is one."""
        query = "SELECT id FROM classifier_retrainrun WHERE finished_at IS NULL"
        rows = self._setup.ask(query)
        return int(rows[0][0]) if rows else None

    def wait_for_stage(self, run: int, stage: str) -> None:
        """Return once a run is in this stage, or past it."""

        def is_there() -> bool:
            self._setup.revive()
            query = f"SELECT stage, finished_at FROM classifier_retrainrun WHERE id = {run}"  # noqa: S608  # our own number
            # Nothing while the database recovers.
            rows = self._setup.ask(query)
            reached, finished = rows[0] if rows else (None, None)
            return bool(finished) or STAGES.index(reached or STAGES[0]) >= STAGES.index(stage)

        # A fault of before may still hold it up; it is killed where it is then.
        with suppress(AssertionError):
            wait_until(is_there, what=f"retraining {run} is in {stage}", seconds=STAGE_SECONDS)

    def count(self) -> Retrained:
        """Return how all of them ended, and what must not be."""
        done = self._setup.system.manage("shell", "-v0", "--command", COUNT)
        counts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        runs = {int(number): state for number, state in counts["runs"].items()}
        outcome = Retrained(len(self._asked), len(self.killed))
        for state, verdict, _ in runs.values():
            ended = verdict or state
            outcome.ended[ended] = outcome.ended.get(ended, 0) + 1
        outcome.faults = [
            *(f"{name}: {counts[name]}" for name in ("damaged", "without_reviews", "work")
              if counts[name]),
            *_differences("asked for", self._asked, "there", set(runs)),
            *_differences("made", {"small", "other", *counts["made"]}, "known",
                          set(counts["versions"])),
            *_differences("known", set(counts["versions"]), "stored", set(counts["stored"])),
            *_failures(runs),
        ]  # fmt: skip
        promoted = sum(verdict == "promoted" for _, verdict, _ in runs.values())
        for what, wanted, there in (
            ("promotions by retrainings", promoted, len(counts["promoted"])),
            ("champions", 1, counts["champions"]),
            ("versions made twice", 0, len(counts["made"]) - len(set(counts["made"]))),
            ("reviews lost", 0, max(self._settled - counts["reviews"], 0)),
        ):
            if wanted != there:
                outcome.faults.append(f"{what}: {there}, not {wanted}")
        return outcome

    def _shell(self, code: str) -> None:
        self._setup.system.manage("shell", "-v0", "--command", code)


def _differences(one: str, these: set[Any], other: str, those: set[Any]) -> list[str]:
    return [
        *(f"{one}, but not {other}: {item}" for item in sorted(these - those)),
        *(f"{other}, but not {one}: {item}" for item in sorted(those - these)),
    ]


def _failures(runs: dict[int, list[str]]) -> list[str]:
    """Return the retrainings that ended otherwise than with a verdict, or for want of news."""
    return [
        f"retraining {number} {state}: {message}"
        for number, (state, _, message) in runs.items()
        if state not in ("done", "nothing_new")
        and not any(reason in message for reason in REASONS_TO_FAIL)
    ]
