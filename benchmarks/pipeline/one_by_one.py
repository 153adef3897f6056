"""The straightforward way: one Celery task a photo, every pixel decoded, one photo a pass.

A process a core, each with torch as its documentation shows it: evaluation mode, no gradients,
full precision. `celery --app benchmarks.pipeline.one_by_one worker`.
"""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import worker_process_init

django.setup()

from classifier.models import ListingPhoto  # noqa: E402  # after Django's start

# Not the current one: the benchmark, which imports this too, sends our worker's messages by ours.
app = Celery("one_by_one", broker=os.environ["REDIS_URL"], set_as_current=False)
app.conf.task_default_queue = "one-by-one"
app.conf.task_ignore_result = True
_model: dict[str, Any] = {}


@worker_process_init.connect
def load(**_: object) -> None:
    """Load the champion in each process."""
    import torch

    from classifier.ml.bundle import load_bundle
    from classifier.versions import registry, storage

    torch.set_num_threads(1)
    version = registry.champion()
    if version is None:
        raise SystemExit("There is no champion.")
    _model.update(version=version, bundle=load_bundle(storage.local_folder(version)))


@app.task(name="tag")
def tag(number: int) -> None:
    """Tag one photo and save its row."""
    from benchmarks.pipeline.plain import pixels_of, tags_of
    from classifier.tagging.queue import write_tag
    from classifier.tagging.results import Tagged

    photo = ListingPhoto.objects.get(pk=number)
    with photo.image.open("rb") as file:
        pixels = pixels_of(file.read(), _model["bundle"])
    ((scores, decision),) = tags_of([pixels], _model["bundle"])
    write_tag(photo, Tagged(scores, decision), _model["version"])
    photo.status = ListingPhoto.Status.CLASSIFIED
    photo.save()
