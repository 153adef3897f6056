"""Celery entry points: each fetches nothing, decides nothing, calls one function."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from classifier import bell, reclassification, retraining, tagging
from classifier.review.heat import HEAT_TASK


@shared_task(name=bell.CLASSIFY_TASK)
def classify_photos() -> None:
    """Classify everything that is pending."""
    # Imported here: the scheduler loads this module too and needs no torch.
    from classifier import tag_worker

    tag_worker.drain()


@shared_task(name="classifier.tasks.sweep_photos")
def sweep_photos() -> None:
    """Give back expired claims and ring for whatever still waits."""
    if tagging.sweep().waiting:
        bell.ring()
    reclassification.ring_again()


@shared_task(name=bell.RECLASSIFY_TASK)
def reclassify_photos() -> None:
    """Tag again with the champion, while no fresh photo waits."""
    # Imported here, as above.
    from classifier import reclassify_worker

    reclassify_worker.work()


@shared_task(name="classifier.tasks.consider_retraining")
def consider_retraining() -> None:
    """Ask for the automatic retraining when it is due."""
    retraining.consider()


@shared_task(name="classifier.tasks.sweep_retraining")
def sweep_retraining() -> None:
    """Ring for the retraining that waits, or whose process is dead."""
    retraining.ring_again()


@shared_task(name=HEAT_TASK)
def show_where_it_looked(photo: int) -> None:
    """Make the picture of where the model looked."""
    # Imported here, as above.
    from classifier import heat_worker

    heat_worker.show(photo)


@worker_ready.connect
def load_model(sender: Any, **_: Any) -> None:
    """Load the model before the first photo comes, and ring for what came without a worker."""
    if bell.CLASSIFY_QUEUE in sender.app.amqp.queues.consume_from:
        # Imported here, as above: a worker for other queues has no torch either.
        from classifier import tag_worker

        tag_worker.get_ready()
        bell.ring()
