"""Makes the Grad-CAM image of a photo in a worker."""

import logging

from classifier.ml.gradcam import grad_cam, overlay
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import ListingPhoto
from classifier.photos import gradcam as gradcam_images
from classifier.photos.storage import StorageUnavailableError
from classifier.worker import live_model, photo_file

logger = logging.getLogger(__name__)


def make_image(photo_number: int) -> None:
    """Make and store the image for one photo and the model in use.

    A photo that is gone or cannot be read gets none; the page says so after a while.
    """
    photo = ListingPhoto.objects.filter(pk=photo_number).first()
    if photo is None:
        return
    live = live_model.current()
    predictor = live.predictor
    try:
        tensor = photo_file.prepare(photo, predictor)
    except (FileNotFoundError, StorageUnavailableError, UnreadablePhotoError) as error:
        logger.warning("No Grad-CAM image of photo %s: %s", photo_number, error)
        return
    preprocessing = predictor.manifest.preprocessing
    image = overlay(
        grad_cam(predictor.network, tensor, preprocessing),
        width=photo.width,
        height=photo.height,
        preprocessing=preprocessing,
    )
    try:
        gradcam_images.store(photo=photo, version=live.version.name, data=image)
    except StorageUnavailableError as error:
        logger.warning("No Grad-CAM image of photo %s: %s", photo_number, error)
