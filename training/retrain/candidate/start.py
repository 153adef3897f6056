"""How a retraining begins: a run of the trainer, and what it is asked for by default."""

import logging
from dataclasses import replace
from typing import Any, Final

from django.conf import settings

from classifier.ml.manifest import BundleError
from classifier.ml.preprocessing import UnreadablePhotoError
from classifier.models import RetrainRun
from classifier.retraining import AlreadyRunningError, LeaseLostError, PostponedError, take
from classifier.versions.registry import RegistryError
from slowfashion_ai.database.away import DATABASE_AWAY
from training.data.folder import PhotosError
from training.data.photo_folders import PhotoFolders
from training.engine.config import TrainConfig
from training.engine.disk_space import DiskFullError
from training.engine.stages import TrainFrom
from training.engine.trainer import TrainingError
from training.features.cache import CacheError
from training.retrain.request import RetrainError, RetrainRequest
from training.retrain.run import retrain
from training.runtime.checkpoint import CheckpointError
from training.runtime.devices import make_accelerator

logger = logging.getLogger(__name__)

# What stops a retraining in a way that people can put right; the message says how.
FAILURES: Final = (
    RetrainError,
    RegistryError,
    BundleError,
    PhotosError,
    CacheError,
    CheckpointError,
    DiskFullError,
    TrainingError,
    UnreadablePhotoError,
)

# The champion's weights are good already, so few epochs and low rates do. On a CPU the heads alone:
# thirty epochs on kept features take seconds, one through the last stage takes many minutes.
ON_A_GPU: Final = TrainConfig(train_from=TrainFrom.LAYER4, epochs=6, backbone_lr=5e-5)
ON_A_CPU: Final = TrainConfig(train_from=TrainFrom.HEADS, epochs=30, mixup=0.0)


def default_config(train_from: TrainFrom | None = None, *, photos: bool = True) -> TrainConfig:
    """Return the settings for this machine, or for this choice of what is trained.

    Without base photos the heads alone are trained: replay features are of the whole backbone.
    """
    if train_from is None:
        on_a_gpu = photos and make_accelerator().device.type == "cuda"
        train_from = TrainFrom.LAYER4 if on_a_gpu else TrainFrom.HEADS
    config = ON_A_CPU if train_from is TrainFrom.HEADS else ON_A_GPU
    return replace(config, train_from=train_from)


def default_request(**changes: Any) -> RetrainRequest:
    """Return what the trainer does when nobody says more."""
    base = PhotoFolders.parse(settings.BASE_PHOTOS_DIR)
    config = default_config(photos=base is not None)
    return RetrainRequest(**{"photos": base, "config": config, **changes})


def work_on(number: int) -> None:
    """Do a run that waits, or whose process died; a failure is in its row and in the log."""
    run: RetrainRun | str = f"Retraining {number}"
    try:
        run = RetrainRun.objects.get(pk=number)
        with take(run) as lease:
            retrain(lease=lease, request=default_request())
    except RetrainRun.DoesNotExist:
        logger.warning("There is no retraining %d any more.", number)
    except (AlreadyRunningError, LeaseLostError) as error:
        logger.info("%s", error)
    except FAILURES as error:
        logger.error("%s failed. %s", run, error)
    except PostponedError as error:
        logger.error("%s is tried again at the next sweep. %s", run, error)
    except DATABASE_AWAY as error:
        logger.error("%s waits for the next sweep, since the database is away: %s", run, error)
