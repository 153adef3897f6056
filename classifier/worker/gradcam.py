"""A worker's answer to "where did the model look?"."""

import logging

from classifier.ml.gradcam import heat, overlay
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import ListingPhoto
from classifier.review import gradcam as heat_pictures
from classifier.worker import live_model

logger = logging.getLogger(__name__)


def show(photo_number: int) -> None:
    """Make and store the picture for one photo and the model at work.

    A photo that is gone or cannot be read gets none; the page says so after a while.
    """
    photo = ListingPhoto.objects.filter(pk=photo_number).first()
    if photo is None:
        return
    live = live_model.current()
    predictor = live.predictor
    try:
        with photo.image.open("rb") as file:
            tensor = predictor.prepare(file.read())
    except (FileNotFoundError, UnreadablePhotoError) as error:
        logger.warning("No heat map of photo %s: %s", photo_number, error)
        return
    how = predictor.manifest.preprocessing
    picture = overlay(
        heat(predictor.network, tensor, how), width=photo.width, height=photo.height, how=how
    )
    heat_pictures.store(photo=photo, version=live.version.name, data=picture)
