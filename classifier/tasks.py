"""Celery entry points: each fetches nothing, decides nothing, calls one function."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from classifier import jobs, notify, retraining
from classifier.accounts import audit, mail_links, new_address
from classifier.accounts.second_factor import reset as second_factor_reset
from classifier.drift import days as drift_days
from classifier.operations import canary, heartbeat
from classifier.photos import cleanup, orphans
from classifier.photos.gradcam import GRADCAM_TASK
from classifier.photos.receiving import listings, retention, upload_keys
from classifier.review import disagreements
from classifier.shadow import decide as shadow_decide
from classifier.shadow import run as shadow_run
from classifier.tagging import outage, queue, reclassification
from classifier.versions import load_failures
from classifier.worker.watchdog import needed_programs


@shared_task(name=notify.CLASSIFY_TASK)
def classify_photos() -> None:
    """Classify everything that is pending."""
    # Imported here: the scheduler loads this module too and needs no torch.
    from classifier.worker.loops import tag

    tag.drain(notified=True)


@shared_task(name="classifier.tasks.sweep_photos")
def sweep_photos() -> None:
    """Give back expired claims and notify workers of whatever still waits."""
    load_failures.clear_stale()
    outage.release_after_outage()
    # One that could not load the champion tries again, and says so again or no more.
    if queue.sweep().waiting or load_failures.reported():
        notify.notify_workers()
    reclassification.notify_if_unfinished()
    shadow_run.notify_if_waiting()
    canary.check_canary()


@shared_task(name="classifier.tasks.remove_files")
def remove_files() -> None:
    """Delete listings whose undo has passed, and the files of deleted photos."""
    listings.remove_deleted()
    cleanup.remove_files()


@shared_task(name="classifier.tasks.remove_orphans")
def remove_orphans() -> None:
    """Remove what is kept no longer: old listings, rows of no use, files without a photo."""
    if removed := retention.remove_expired():
        audit.record("listings expired", by=None, about=f"{removed} listings")
    upload_keys.forget_old()
    heartbeat.forget_old()
    audit.forget_old()
    orphans.remove_orphans()


@shared_task(name=mail_links.RESET_TASK)
def send_reset_mail(address: str, site: str, language: str) -> None:
    """Send a link for a new password."""
    mail_links.send_reset_mail(address, site, language)


@shared_task(name=mail_links.SIGN_UP_TASK)
def send_sign_up_mail(address: str, site: str, language: str) -> None:
    """Send a link that begins an account."""
    mail_links.send_sign_up_mail(address, site, language)


@shared_task(name=second_factor_reset.MAIL_TASK)
def send_reset_notice(user: int, by: str, site: str) -> None:
    """Tell somebody that their second factor was reset."""
    second_factor_reset.send_notice(user, by, site)


@shared_task(name=new_address.TASK)
def send_address_mails(account: int, address: str, site: str, language: str) -> None:
    """Send a link to an account's new mail address, and a notice to the present one."""
    new_address.send_mails(account, address, site, language)


@shared_task(name="classifier.tasks.give_back_disagreements")
def give_back_disagreements() -> None:
    """Let photos that nobody else looks at go back to the moderator whose verdict it is."""
    disagreements.give_back()


@shared_task(name="classifier.tasks.measure_drift")
def measure_drift() -> None:
    """Count the photos of the day that is over, and compare them with those before."""
    drift_days.measure_missing()


@shared_task(name=notify.RECLASSIFY_TASK)
def reclassify_photos() -> None:
    """Tag again with the champion, while no fresh photo waits."""
    # Imported here, as above.
    from classifier.worker.loops import reclassify

    reclassify.work()


@shared_task(name=notify.SHADOW_TASK)
def shadow_photos() -> None:
    """Let the candidate tag photos beside the champion, while no fresh photo waits."""
    # Imported here, as above.
    from classifier.worker.loops import shadow

    shadow.work()


@shared_task(name="classifier.tasks.decide_shadow")
def decide_shadow() -> None:
    """Apply the rule to the shadow once enough photos are compared and reviewed."""
    shadow_decide.decide_if_complete()


@shared_task(name="classifier.tasks.consider_retraining")
def consider_retraining() -> None:
    """Ask for the automatic retraining when it is due."""
    retraining.consider()


@shared_task(name="classifier.tasks.sweep_retraining")
def sweep_retraining() -> None:
    """Notify the trainer of what waits for it, or whose process is dead."""
    retraining.notify_if_waiting()
    jobs.notify_if_waiting()


@shared_task(name=GRADCAM_TASK)
def make_gradcam_image(photo: int) -> None:
    """Make and store the Grad-CAM image of one photo."""
    # Imported here, as above.
    from classifier.worker import gradcam

    gradcam.make_image(photo)


@worker_ready.connect
def get_ready(sender: Any, **_: Any) -> None:
    """Load the model before the first photo comes, and notify workers of what came meanwhile."""
    queues = sender.app.amqp.queues.consume_from
    if settings.CELERY_TASK_ROUTES[notify.CLASSIFY_TASK]["queue"] in queues:
        # Here, as above: a worker for other queues has no torch either.
        with needed_programs():
            from classifier.worker.loops import tag

        tag.end_in_time()
        tag.be_seen()
        tag.load_champion()
        notify.notify_workers()
