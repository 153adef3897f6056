"""Rows of a marketplace that has run for long: a given month, and a history of any length before.

What grows is the history, the open part of the review queue, and a shop that sells more than
others. The last month, what is pending and one seller's few listings are the same at every size.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from classifier.models import ModelVersion
from tests.scores import some_scores

RECENT: Final = 10_000  # photos of the last month
PENDING: Final = 500  # the newest
AT_ONCE: Final = 1_000_000
PHOTOS_A_LISTING: Final = 4
SELLERS: Final = 100  # more of them at larger sizes: a seller has so many listings
FIXED_USERS: Final = ("first", "shop", "moderator-1", "moderator-2", "moderator-3")

# Numbers of photos count from 1. Of every ten, 0 to 3 are unsure, and two thirds of those settled.
FILL: Final = """
INSERT INTO classifier_listing (id, title, created_at, seller_id, is_draft)
SELECT n, 'Listing ' || n, now() - make_interval(secs => (%(size)s / 4 - n) * 4 * 60),
  CASE WHEN n <= 24 THEN %(first_seller)s WHEN n %% 50 = 0 THEN %(shop)s
       ELSE %(sellers)s + n %% %(seller_count)s END, false
FROM generate_series((%(first)s - 1) / 4 + 1, %(last)s / 4) n;

CREATE TEMP TABLE fresh AS SELECT i, i %% 10 AS kind,
  CASE WHEN i > %(size)s - 500 THEN 'pending' WHEN i %% 200 = 7 THEN 'failed'
       ELSE 'classified' END AS status,
  now() - make_interval(secs => CASE WHEN i > %(size)s - %(recent)s
    THEN (%(size)s - i) * 250 ELSE 2592000 + (%(size)s - i) * 20 END) AS at
FROM generate_series(%(first)s, %(last)s) i;
ANALYZE fresh;

INSERT INTO classifier_listingphoto (id, listing_id, image, width, height, original_name, sha256,
  created_at, position, status, attempts, error, main, sub, main_confidence, sub_confidence,
  outcome, reason, scores, model_version_id, classified_at)
SELECT i, (i - 1) / 4 + 1, 'photos/2026/01/01/' || md5(i::text) || '.jpg', 2016, 1512,
  'IMG_' || i || '.jpg', md5(i::text) || md5((-i)::text), at, i %% 4, status,
  CASE WHEN status = 'pending' THEN 0 ELSE 1 END,
  CASE WHEN status = 'failed' THEN 'This photo is damaged.' ELSE '' END,
  CASE WHEN status = 'classified' AND kind NOT IN (0, 1, 3)
       THEN (ARRAY['Shoes', 'Bags', 'Clothing'])[i / 10 %% 3 + 1] END,
  CASE WHEN status = 'classified' AND kind > 3
       THEN (ARRAY['Boots', 'Tote Bags', 'Skirts'])[i / 10 %% 3 + 1] END,
  CASE WHEN status = 'classified' THEN 0.5 + random() / 2 END,
  CASE WHEN status = 'classified' THEN 0.5 + random() / 2 END,
  CASE WHEN status <> 'classified' THEN NULL WHEN kind IN (0, 1, 3) THEN 'unknown'
       WHEN kind = 2 THEN 'main_class' ELSE 'subclass' END,
  CASE WHEN status <> 'classified' THEN NULL WHEN kind IN (0, 1, 3) THEN 'main_below_threshold'
       WHEN kind = 2 THEN 'sub_below_threshold' END,
  CASE WHEN status = 'classified' THEN %(scores)s::jsonb END,
  CASE WHEN status = 'classified' THEN %(version)s END,
  CASE WHEN status = 'classified' THEN at + interval '3 seconds' END
FROM fresh ORDER BY i;

CREATE TEMP TABLE queued AS SELECT p.id, p.classified_at, p.outcome, p.main, p.sub,
  p.main_confidence, p.sub_confidence, p.reason IS NULL AS sampled, f.i,
  (f.i / 10) %% 3 = 0 AS is_open
FROM classifier_listingphoto p JOIN fresh f ON p.id = f.i
WHERE p.id BETWEEN %(first)s AND %(last)s AND p.status = 'classified'
  AND (p.reason IS NOT NULL OR f.i %% 50 = 4);
ANALYZE queued;

INSERT INTO classifier_queueitem (photo_id, rank, queued_at, sampled, sampling_share, blind, round,
  predicted_sub, informative, is_open)
SELECT id, CASE WHEN outcome = 'main_class' THEN 1 ELSE 0 END, classified_at, sampled,
  CASE WHEN sampled THEN 0.02 END, sampled, 1, 'Boots', random(), is_open FROM queued;

INSERT INTO classifier_review (photo_id, moderator_id, at, seconds, key, source, round, sampled,
  sampling_share, blind, verdict, main, sub, model_version_id, predicted_outcome, predicted_main,
  predicted_sub, predicted_main_confidence, predicted_sub_confidence, is_final, voided, because,
  note)
SELECT id, %(moderators)s + i %% 3, classified_at + interval '1 hour', 1, gen_random_uuid(),
  'queue', 1, sampled, CASE WHEN sampled THEN 0.02 END, sampled, 'subclass', 'Shoes', 'Boots',
  %(version)s, outcome, main, sub, main_confidence, sub_confidence, true, false, '', ''
FROM queued WHERE NOT is_open;

INSERT INTO classifier_datasetreview (version_id, review_id, sha256, split, weight)
SELECT %(version)s, r.id, p.sha256, 'train', 1
FROM queued q JOIN classifier_review r ON r.photo_id = q.id
  JOIN classifier_listingphoto p ON p.id = q.id
WHERE p.id BETWEEN %(first)s AND %(last)s AND q.i <= %(size)s - %(recent)s;

INSERT INTO classifier_suggestion (photo_id, seller_id, main, sub, at)
SELECT p.id, l.seller_id, 'Bags', 'Tote Bags', p.classified_at
FROM classifier_listingphoto p JOIN classifier_listing l ON l.id = p.listing_id
  JOIN fresh f ON p.id = f.i
WHERE p.id BETWEEN %(first)s AND %(last)s AND f.i %% 50 = 9 AND p.status = 'classified';

DROP TABLE fresh; DROP TABLE queued;
"""
# Ten million rows are written in a fifth of the time without looking up foreign keys, and with what
# makes them last switched off; the server is at its own settings again when it is measured.
IN_HASTE: Final = {
    "fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "'4GB'",
}  # fmt: skip
SESSION: Final = """SET statement_timeout = 0; SET synchronous_commit = off;
SET session_replication_role = replica; SET enable_nestloop = off;
SET work_mem = '128MB'; SET maintenance_work_mem = '768MB'"""
# Of tables of ours, those that no constraint needs: they are built when all rows are there.
INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid::regclass::text LIKE 'classifier_%' AND NOT indisunique
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
NEXT_NUMBERS: Final = """
SELECT setval('classifier_listing_id_seq', (SELECT max(id) FROM classifier_listing)),
  setval('classifier_listingphoto_id_seq', (SELECT max(id) FROM classifier_listingphoto))
"""


def fill(size: int) -> None:
    """Fill an empty, migrated database with ``size`` photos and what belongs to them."""
    with _in_haste() as cursor:
        values = _people(size)
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for first in range(1, size + 1, AT_ONCE):
            part = {**values, "first": first, "last": min(size, first + AT_ONCE - 1)}
            for statement in FILL.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, part if "%" in statement else None)
            cursor.execute("ANALYZE classifier_listingphoto, classifier_listing, classifier_review")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(NEXT_NUMBERS)
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _in_haste() -> Iterator[Any]:
    """Yield a cursor of a server that a crash would cost its data."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        try:
            for name, value in IN_HASTE.items():
                cursor.execute(f"ALTER SYSTEM SET {name} = {value}")
            cursor.execute("SELECT pg_reload_conf()")
            yield cursor
        finally:
            for name in IN_HASTE:
                cursor.execute(f"ALTER SYSTEM RESET {name}")
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("CHECKPOINT")


def _people(size: int) -> dict[str, Any]:
    """Make a model version and users; return what the statements of `FILL` need."""
    version = ModelVersion.objects.create(
        name="a-model", weights_sha256="0" * 64, manifest={}, state="champion",
        promoted_at=timezone.now(),
    )  # fmt: skip
    users = [User.objects.create(username=name, is_staff=name != "first") for name in FIXED_USERS]
    count = max(SELLERS, size // (PHOTOS_A_LISTING * SELLERS))
    sellers = User.objects.bulk_create(
        (User(username=f"seller-{number}") for number in range(count)), batch_size=5000
    )
    return {
        "size": size, "recent": RECENT, "version": version.pk, "seller_count": count,
        "sellers": sellers[0].pk, "first_seller": users[0].pk, "shop": users[1].pk,
        "moderators": users[2].pk, "scores": json.dumps(some_scores().as_dict()),
    }  # fmt: skip


def is_filled() -> bool:
    """Return whether it was filled before."""
    return ModelVersion.objects.exists()
