"""Training transforms: one preset each for the study's recipe and for ours."""

import random
from functools import cached_property
from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from classifier.ml.manifest import Preprocessing
from classifier.ml.preprocessing import border_colour, fit_square


def _transforms() -> Any:
    # Imported here: it brings in torch's compiler, which takes as long as torch itself, and who
    # trains on kept features makes no view.
    from torchvision.transforms import v2

    return v2


class StudyAugmentation:
    """The study's: random resized crop, both flips, rotation, colour jitter."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self._size = preprocessing.size

    @cached_property
    def _transform(self) -> Any:
        v2 = _transforms()
        return v2.Compose(
            [
                v2.RandomResizedCrop(self._size),
                v2.RandomHorizontalFlip(),
                v2.RandomVerticalFlip(),
                v2.RandomRotation(20),
                v2.ColorJitter(0.2, 0.2, 0.2, 0.05),
            ]
        )

    def __call__(self, image: Image.Image) -> Tensor:
        """Return an augmented photo as uint8 (3, size, size)."""
        return _as_tensor(self._transform(image))


class ListingAugmentation:
    """What happens to listing photos: framing, tilt, light, blur, compression, a hand in front.

    Framing keeps the item's proportions and mostly the whole item, since length is what tells a
    skirt from a dress.
    """

    def __init__(self, preprocessing: Preprocessing) -> None:
        self._preprocessing = preprocessing

    @cached_property
    def _colour(self) -> Any:
        return _transforms().ColorJitter(0.3, 0.3, 0.25, 0.03)

    def __call__(self, image: Image.Image) -> Tensor:
        """Return an augmented photo as uint8 (3, size, size)."""
        image = self._frame(image)
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if random.random() < 0.6:
            fill = border_colour(image)
            image = image.rotate(
                random.uniform(-18, 18), Image.Resampling.BILINEAR, expand=True, fillcolor=fill
            )
        square = fit_square(self._soften(image), self._preprocessing)
        tensor = _as_tensor(self._colour(square))
        return _cover(tensor) if random.random() < 0.3 else tensor

    def _frame(self, image: Image.Image) -> Image.Image:
        """Cut away up to a third of each side, or add a margin."""
        width, height = image.size
        if random.random() < 0.25:
            margin = random.uniform(0.05, 0.35)
            wide = Image.new(
                "RGB",
                (int(width * (1 + margin)), int(height * (1 + margin))),
                border_colour(image),
            )
            wide.paste(
                image,
                (
                    random.randint(0, wide.width - width),
                    random.randint(0, wide.height - height),
                ),
            )
            return wide
        kept_w, kept_h = (int(side * random.uniform(0.68, 1.0)) for side in image.size)
        left, top = random.randint(0, width - kept_w), random.randint(0, height - kept_h)
        return image.crop((left, top, left + kept_w, top + kept_h))

    def _soften(self, image: Image.Image) -> Image.Image:
        draw = random.random()
        if draw < 0.12:
            small = random.uniform(0.25, 0.6)
            return image.resize(
                (max(8, int(image.width * small)), max(8, int(image.height * small)))
            )
        if draw < 0.2:
            return image.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.8)))
        if draw < 0.3:
            buffer = BytesIO()
            image.save(buffer, "JPEG", quality=random.randint(25, 60))
            return Image.open(buffer, formats=("JPEG",)).convert("RGB")
        if draw < 0.35:
            return image.convert("L").convert("RGB")
        return image


def _cover(tensor: Tensor) -> Tensor:
    """Cover 5 to 25 % of the photo with one colour or noise, as a hand or a label would."""
    _, height, width = tensor.shape
    area = random.uniform(0.05, 0.25) * height * width
    ratio = random.uniform(0.4, 2.5)
    h, w = min(height - 1, int((area * ratio) ** 0.5)), min(width - 1, int((area / ratio) ** 0.5))
    top, left = random.randint(0, height - h), random.randint(0, width - w)
    if random.random() < 0.5:
        patch = torch.randint(0, 256, (3, 1, 1), dtype=torch.uint8).expand(3, h, w)
    else:
        patch = torch.randint(0, 256, (3, h, w), dtype=torch.uint8)
    tensor[:, top : top + h, left : left + w] = patch
    return tensor


def _as_tensor(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)
