"""Rows with which every page of the admin has something to show, and the addresses of all pages."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.utils import timezone

from classifier import jobs
from classifier.drift import days
from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import HELD_OUT_NAME
from classifier.ml.network import HierarchicalResNet
from classifier.models import (
    Alarm,
    DriftDay,
    GoldenPhoto,
    Guideline,
    GuidelineExample,
    ListingPhoto,
    ModelVersion,
    PracticeVerdict,
    Promotion,
    Reclassification,
    RetrainRun,
    Shadow,
    TrainerJob,
)
from tests.classifier.candidates import a_candidate, gate_report
from tests.databases import delete_for_ever
from tests.drifting import dark, day_before, stream, usual
from tests.integration.review_site import ADMINISTRATOR, QUEUE, Site
from tests.manifests import a_manifest
from tests.rows import a_listing, champion_of
from tests.tagged_photos import CONFIDENT, FALLBACK, UNKNOWN, a_photo
from tests.training.thresholds.test_thresholds_command import STRICT, drawn_scores
from training.jobs.start import work_on

SELLERS_PAGES: Final = (
    "/", "/listings/", "/listings/{listing}/", "/listings/{listing}/edit/", "/api/v1/docs/",
    "/photos/", "/account/", "/account/address/", "/account/password/", "/account/delete/",
    "/account/second-factor/",
)  # fmt: skip
_LISTS: Final = (
    "listing", "modelversion", "review", "retrainrun", "shadow", "driftday", "alarm", "auditentry",
    "guideline", "goldenphoto", "practiceverdict",
)  # fmt: skip
# Of the photos the last page: those of `photos`, one of each outcome. Fifty rows of one kind, as on
# the pages before, would be looked at for as long as ten other pages.
_PHOTOS: Final = "/admin/classifier/listingphoto/?p=16"
_VERSION: Final = "/admin/classifier/modelversion/{version}"
ADMIN_PAGES: Final = (
    "/admin/", QUEUE, "/admin/classifier/review/quality/",
    "/admin/classifier/review/grid/?tag=Shoes",
    *(f"/admin/classifier/{name}/" for name in _LISTS), _PHOTOS,
    *(
        f"/admin/classifier/{name}/{{{name}}}/change/"
        for name in ("listing", "listingphoto", "retrainrun", "shadow", "driftday", "guideline")
    ),
    f"{_VERSION}/change/", f"{_VERSION}/thresholds/?promise=5", f"{_VERSION}/reviews/",
    f"{_VERSION}/compare/?with={{other}}", f"{_VERSION}/history/",
    "/admin/classifier/listingphoto/{listingphoto}/delete/",
    "/admin/auth/user/", "/admin/auth/user/add/", "/admin/auth/user/{user}/change/",
    "/admin/auth/user/{user}/password/", "/admin/auth/user/{owner}/delete/",
    "/admin/auth/group/", "/admin/auth/group/{group}/change/",
)  # fmt: skip


@contextmanager
def every_row(site: Site, network: HierarchicalResNet) -> Iterator[dict[str, int]]:
    """Make them, and remove those that the site's own clearing leaves; yields their numbers."""
    with site.database():
        numbers = photos() | _versions(network)
    yield numbers
    with site.database():
        ListingPhoto.objects.all().delete()
        for model in (
            TrainerJob, RetrainRun, Shadow, DriftDay, Alarm, Reclassification, Promotion,
        ):  # fmt: skip
            delete_for_ever(model)
        ModelVersion.objects.filter(pk=numbers["other"]).delete()
        ModelVersion.objects.filter(pk=numbers["version"]).delete()
        Group.objects.filter(pk=numbers["group"]).delete()


def photos() -> dict[str, int]:
    """A listing with a photo of each outcome, and two accounts."""
    listing = a_listing("Ankle boots, hardly worn")
    photo = a_photo("Boots", listing=listing, file=True, **FALLBACK)
    a_photo("Shoulder Bags", listing=listing, file=True, **CONFIDENT)
    a_photo("High Heels", listing=listing, file=True, **UNKNOWN)
    guideline = Guideline.objects.create(label="Boots", text="The shaft covers the ankle.")
    GuidelineExample.objects.create(guideline=guideline, photo=photo)
    GoldenPhoto.objects.create(photo=photo)
    PracticeVerdict.objects.create(
        moderator=User.objects.get(username=ADMINISTRATOR), photo=photo, verdict="not_ours",
        is_right=False,
    )  # fmt: skip
    return {
        "guideline": guideline.pk, "listing": listing.pk,
        "listingphoto": photo.pk, "owner": listing.seller_id,
        "user": User.objects.get(username=ADMINISTRATOR).pk,
    }  # fmt: skip


def _versions(network: HierarchicalResNet) -> dict[str, int]:
    """A champion with held-out scores, a candidate that was compared with it, and their story."""
    champion = _champion(network)
    candidate = a_candidate(
        champion, "worse", gate=gate_report("careful", "worse"), load_error="It is damaged."
    )
    Alarm.objects.create(
        check_name="oldest_pending", sentence="A photo has waited for 12 minutes.",
        since=timezone.now(),
    )  # fmt: skip
    mix = {"mix": settings.STREAM_MIX}
    work_on(jobs.request(kind=TrainerJob.Kind.PROMISES, version=champion, arguments=mix).pk)
    TrainerJob.objects.create(
        kind=TrainerJob.Kind.COMPARISON, version=champion, other=candidate,
        state=TrainerJob.State.DONE, finished_at=timezone.now(), result=candidate.gate,
    )  # fmt: skip
    Reclassification.objects.create(version=champion, total=10)
    run = RetrainRun.objects.create(
        trigger="command", state=RetrainRun.State.DONE, verdict=RetrainRun.Verdict.REJECTED,
        message="Rejected because of Clutches.", candidate=candidate,
        started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    shadow = Shadow.objects.create(
        version=candidate, champion=champion, share=0.1, photos_wanted=100,
        started_at=timezone.now(), ended_at=timezone.now(), state="dropped", message="No better.",
    )  # fmt: skip
    return {
        "version": champion.pk, "other": candidate.pk, "retrainrun": run.pk, "shadow": shadow.pk,
        "driftday": _dark_day(champion), "group": Group.objects.create(name="Some").pk,
    }  # fmt: skip


def _champion(network: HierarchicalResNet) -> ModelVersion:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "careful"
        manifest = a_manifest(
            name="careful",
            dataset_fingerprint="f00d",
            thresholds=STRICT,
            metrics={"test": {"coverage": 0.1}},
        )
        save_bundle(network, manifest, folder, {HELD_OUT_NAME: drawn_scores(2000).as_bytes()})
        version = champion_of(folder)
    version.refresh_from_db()
    return version


def _dark_day(champion: ModelVersion) -> int:
    """Days as ever, then one with many dark photos; together they fill 15 pages of the list."""
    listing = a_listing("Photos of days")
    for back in (3, 2):
        stream(champion, day_before(back), usual(255), listing=listing)
    stream(champion, day_before(1), usual(140), listing=listing)
    stream(champion, day_before(1), dark(100), listing=listing)
    days.measure_missing()
    return DriftDay.objects.filter(day=day_before(1)).latest("pk").pk
