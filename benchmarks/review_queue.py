"""How long "decide and get the next" takes on PostgreSQL, with 10 k, 100 k and 1 M photos.

``python -m benchmarks.review_queue`` starts a PostgreSQL server of its own in a temporary folder,
fills it, and drives the real endpoint through every layer but the network. Of the photos 30 % wait
for review and 10 % are settled; seven other moderators hold photos at the head of the queue, and
the one who is measured has skipped 200. The sizes are measured in turns, and of each the round that
other programs disturbed least counts. The reference of the growth is the smallest size.

Beside the time by the clock stands processor time, which says the same on a busy machine: the p95
of Django's process, and the mean of PostgreSQL's, whose clock ticks too seldom for one request.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psutil
import psycopg

from benchmarks import postgresql

SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 10
WARM_UP: Final = 10
MEASURED: Final = 60
MOST_P95_MS: Final = 50.0
MOST_GROWTH: Final = 1.5

# Photo number i: 0 and 1 of every ten are unknown, 2 fell back, 3 was unknown and is settled.
FILL: Final = """
INSERT INTO classifier_listing (title, is_draft, created_at, seller_id)
SELECT 'Listing ' || n, false, now(), %(seller)s
FROM generate_series(%(first)s / 4, %(last)s / 4) n;

CREATE TEMP TABLE fresh AS SELECT i, i %% 10 AS kind,
  now() - make_interval(secs => %(last)s - i) AS at FROM generate_series(%(first)s, %(last)s) i;

INSERT INTO classifier_listingphoto (listing_id, image, width, height, original_name, sha256,
  created_at, position, status, attempts, error, main, sub, main_confidence, sub_confidence,
  outcome, reason, scores, model_version_id, classified_at)
SELECT (SELECT min(id) FROM classifier_listing) + i / 4, 'photos/none.jpg', 800, 600, '',
  md5(i::text), at, i %% 4, 'classified', 1, '',
  CASE WHEN kind IN (0, 1, 3) THEN NULL ELSE 'Shoes' END,
  CASE WHEN kind > 3 THEN 'Boots' END, 0.6, 0.5,
  CASE WHEN kind IN (0, 1, 3) THEN 'unknown' WHEN kind = 2 THEN 'main_class' ELSE 'subclass' END,
  CASE WHEN kind IN (0, 1, 3) THEN 'main_below_threshold'
       WHEN kind = 2 THEN 'sub_below_threshold' END,
  %(scores)s::jsonb, %(version)s, at
FROM fresh ORDER BY i;

INSERT INTO classifier_queueitem (photo_id, rank, queued_at, sampled, blind, round, predicted_sub,
  informative, is_open)
SELECT id, CASE WHEN outcome = 'main_class' THEN 1 ELSE 0 END, classified_at, false, false, 1,
  'Boots', random(), reason IS NOT NULL AND id %% 10 <> 4
FROM classifier_listingphoto p WHERE reason IS NOT NULL
  AND NOT EXISTS (SELECT FROM classifier_queueitem q WHERE q.photo_id = p.id);

INSERT INTO classifier_review (photo_id, moderator_id, at, seconds, key, source, round, sampled,
  blind, verdict, model_version_id, predicted_outcome, predicted_main_confidence,
  predicted_sub_confidence,
  because, note, is_final, voided)
SELECT photo_id, %(others)s, queued_at, 1, gen_random_uuid(), 'queue', 1, false, false, 'not_ours',
  %(version)s, 'unknown', 0.6, 0.5, '', '', true, false
FROM classifier_queueitem q WHERE NOT is_open
  AND NOT EXISTS (SELECT FROM classifier_review r WHERE r.photo_id = q.photo_id);
DROP TABLE fresh;
"""


@dataclass(frozen=True)
class Round:
    """What some verdicts took, in milliseconds; how many queries one of them asked.

    Attributes:
        times, django: of each, by the clock, and of Django's process.
        database: the mean of PostgreSQL's process.
    """

    times: list[float]
    django: list[float]
    database: float
    queries: int


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


class Office:
    """A database with so many photos, and a process that decides on it when it is told to."""

    def __init__(self, size: int, server: str, folder: Path) -> None:
        self.size = size
        name = f"photos_{size}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # a name of ours
        env = {
            **os.environ,
            "DATABASE_URL": server.replace("/postgres?", f"/{name}?"),
            "SECRET_KEY": "only-for-this",
            "DEBUG": "off",
            "ALLOWED_HOSTS": "testserver",
            "VAR_DIR": str(folder),
            "REVIEW_SAMPLE_SHARE": "0",
            "S3_BUCKET": "",
            "HTTPS": "off",
            "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
        }
        code = f"from benchmarks import review_queue; review_queue.work({size})"
        self.process = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-c", code],
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.answer()  # once it is filled
        self.rounds: list[Round] = []

    def answer(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise SystemExit(f"The process for {self.size:,} photos ended; see its message above.")
        return json.loads(line)

    def measure(self) -> None:
        """Let it decide on some photos, and keep how long each took, in milliseconds."""
        if self.process.stdin:
            self.process.stdin.write("go\n")
            self.process.stdin.flush()
        self.rounds.append(Round(**self.answer()))

    def calmest(self) -> Round:
        """Return the round that other programs disturbed least."""
        return min(self.rounds, key=lambda one: p95(one.times))


def main() -> None:
    """Fill a database of each size, then measure them in turns, so that all share the same luck."""
    offices: list[Office] = []
    with tempfile.TemporaryDirectory() as folder, postgresql.server() as server:
        try:
            (Path(folder) / "static").mkdir()  # nothing is served from it here
            offices.extend(Office(size, server.url, Path(folder)) for size in SIZES)
            for _ in range(ROUNDS):
                for office in offices:
                    office.measure()
        finally:
            for office in offices:
                office.process.kill()
                office.process.wait()
    _print({office.size: office.calmest() for office in offices})


def work(size: int) -> None:
    """Fill the database, then measure a round for every line that comes in."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    people = make_people()
    fill(0, size, people)
    hold_some(people)
    _print_line(json.dumps("ready"))
    for _ in sys.stdin:
        _print_line(json.dumps(_measure(people)))


def make_people() -> dict[str, Any]:
    from django.contrib.auth.models import Permission, User

    from classifier.models import ModelVersion

    users = {}
    for name in ("seller", "others", "measured"):
        users[name] = User.objects.create(username=name, is_staff=name != "seller")
    rights = Permission.objects.filter(codename__in=["add_review", "view_listingphoto"])
    users["measured"].user_permissions.set(rights)
    version = ModelVersion.objects.create(name="a-model", weights_sha256="0" * 64, manifest={})
    return {**users, "version": version}


def fill(start: int, size: int, people: dict[str, Any]) -> None:
    from django.db import connection

    from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

    scores = {
        "main": dict.fromkeys(MAIN_CLASSES, 1 / 3),
        "sub": dict.fromkeys(SUBCLASSES, 1 / 9),
        "novelty": 0.1,
    }
    values = {
        "first": start,
        "last": size - 1,
        "seller": people["seller"].pk,
        "others": people["others"].pk,
        "version": people["version"].pk,
        "scores": json.dumps(scores),
    }
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values if "%" in statement else None)
        cursor.execute("VACUUM ANALYZE")


def _measure(people: dict[str, Any]) -> dict[str, Any]:
    """Let the endpoint decide on some photos; return the fields of a `Round`."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client, url = Client(), reverse("admin:review_queue_decide")
    client.force_login(people["measured"])
    first = client.post(reverse("admin:review_queue_take"), "{}", "application/json")
    card, times, django = first.json()["next"], [], []
    backend = psutil.Process(connection.connection.info.backend_pid)
    for number in range(WARM_UP + MEASURED):
        if number == WARM_UP:
            before = sum(backend.cpu_times()[:2])
        body = json.dumps(_verdict(card))
        began, used = time.perf_counter(), time.process_time()
        response = client.post(url, body, "application/json")
        django.append((time.process_time() - used) * 1000)
        times.append((time.perf_counter() - began) * 1000)
        card = response.json()["next"]
    database = (sum(backend.cpu_times()[:2]) - before) * 1000 / MEASURED
    with CaptureQueriesContext(connection) as queries:
        client.post(url, json.dumps(_verdict(card)), "application/json")
    return {
        "times": times[WARM_UP:], "django": django[WARM_UP:], "database": database,
        "queries": len(queries),
    }  # fmt: skip


def _verdict(card: dict[str, Any]) -> dict[str, Any]:
    return {
        "item": card["item"],
        "claim": card["claim"],
        "verdict": "not_ours",
        "seconds": 1.0,
        "want": True,
    }


def hold_some(people: dict[str, Any]) -> None:
    """Others hold fourteen photos at the head of the queue; 200 more were skipped."""
    from datetime import timedelta

    from django.utils import timezone

    from classifier.models import Exclusion, QueueItem
    from classifier.review.queue.claims import free_for

    head = list(free_for(people["measured"]).order_by("rank", "queued_at", "id")[:214])
    for item in head[:14]:
        QueueItem.objects.filter(pk=item.pk).update(
            claim=uuid4(), holder=people["others"], held_until=timezone.now() + timedelta(hours=1)
        )
    Exclusion.objects.bulk_create(
        Exclusion(item=item, moderator=people["measured"], why="skipped") for item in head[14:]
    )


def _print(rounds: dict[int, Round]) -> None:
    _print_line(
        "| photos | median | p95 | Django's processor time, p95 | PostgreSQL's, mean | queries |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    for size, one in rounds.items():
        _print_line(
            f"| {size:,} | {statistics.median(one.times):.1f} ms | {p95(one.times):.1f} ms "
            f"| {p95(one.django):.1f} ms | {one.database:.1f} ms | {one.queries} |"
        )
    (smallest, least), *_, (largest, most) = rounds.items()
    growth = p95(most.times) / p95(least.times)
    same = len({one.queries for one in rounds.values()}) == 1
    _print_line(
        f"\nGrowth of p95 from {smallest:,} to {largest:,} photos: {growth:.2f} (at most "
        f"{MOST_GROWTH}). p95 at {largest:,}: {p95(most.times):.1f} ms (at most "
        f"{MOST_P95_MS:.0f}). Queries constant: {'yes' if same else 'no'}."
    )


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
