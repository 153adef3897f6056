"""Say beforehand what a training of whole stages takes where there is no GPU."""

import logging

from classifier.ml.network import HierarchicalResNet
from training.engine.duration import in_words, seconds_a_photo
from training.engine.stages import TrainedPart
from training.runtime.progress import is_main_process
from training.train.request import TrainRequest

logger = logging.getLogger(__name__)


def log_duration(
    request: TrainRequest, network: HierarchicalResNet, photos: int, folds: int = 1
) -> None:
    """Write into the log how long the passes will take this CPU; nothing where outputs are kept.

    Args:
        request: its recipe.
        network: on the device that it will be trained on.
        photos: how many there are to train on.
        folds: how many times the recipe is followed.
    """
    config = request.config
    part = TrainedPart(network, config.train_from)
    on_a_cpu = next(part.parameters()).device.type == "cpu"
    if not (config.train_from.takes_photos and on_a_cpu and is_main_process()):
        return
    passes = folds * len(request.seeds) * config.epochs * (config.draws or photos)
    logger.warning(
        "There is no GPU here. %s passes of a photo will take this CPU about %s, and validation "
        "comes on top. --train-from layer4 trains the last stage and the heads, on kept outputs of "
        "the rest.",
        f"{passes:,}",
        in_words(passes * seconds_a_photo(part, request.train_size)),
    )
