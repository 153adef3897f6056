"""Grad-CAM (Selvaraju et al., 2017) on the last stage of the backbone."""

from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.ml.preprocessing import normalise


def grad_cam(network: HierarchicalResNet, photo: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Return how much each place speaks for the best subclass, 0 to 1, float32 (H, W).

    Args:
        network: in evaluation mode, on the device where the work is to be done.
        photo: uint8 (3, size, size), as `to_tensor` gives it.
        preprocessing: the bundle's.
    """
    device = next(network.parameters()).device
    with torch.enable_grad():
        pixels = normalise(photo.unsqueeze(0).to(device), preprocessing)
        with torch.no_grad():
            maps = _last_maps(network, pixels)  # (1, 2048, H/32, W/32)
        maps = maps.detach().requires_grad_()
        # The pooled maps are the features; the heads are linear in them.
        score = network.classify_features(maps.mean(dim=(2, 3))).sub.max()
        (gradient,) = torch.autograd.grad(score, maps)
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # alpha in the paper
    class_map = torch.relu((weights * maps).sum(dim=1))[0].detach()
    return (class_map / class_map.max().clamp_min(1e-12)).float().cpu()


def _last_maps(network: HierarchicalResNet, pixels: Tensor) -> Tensor:
    for name, module in network.backbone.named_children():
        pixels = module(pixels)
        if name == "layer4":
            return pixels
    raise ValueError("The backbone has no stage `layer4`; a ResNet-50 was expected.")


def overlay(
    activation: Tensor, *, width: int, height: int, preprocessing: Preprocessing, side: int = 640
) -> bytes:
    """Return a PNG to lay over the photo: the more activation, the redder and less transparent.

    Args:
        activation: from `grad_cam`, on the square that the network saw.
        width, height: of the photo, in pixels.
        preprocessing: the bundle's, which says how the photo became that square.
        side: of the picture's long side, in pixels.
    """
    scale = side / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    square = Image.fromarray((activation.numpy() * 255).astype(np.uint8), "L")
    if preprocessing.fit == "centre_crop":
        # The network saw the middle alone; what lies outside stays clear.
        seen = round(min(size) * preprocessing.size / preprocessing.resize)
        shape = Image.new("L", size, 0)
        middle = square.resize((seen, seen), Image.Resampling.BICUBIC)
        shape.paste(middle, ((size[0] - seen) // 2, (size[1] - seen) // 2))
    else:
        # The photo was made square by a border, which is cut off again.
        whole = square.resize((side, side), Image.Resampling.BICUBIC)
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        shape = whole.crop((left, top, left + size[0], top + size[1]))
    return _coloured(np.asarray(shape, dtype=np.float32) / 255)


def _coloured(shape: np.ndarray) -> bytes:
    channels = [np.ones_like(shape), 0.9 - 0.75 * shape, 0.1 * (1 - shape), 0.75 * shape]
    pixels = (np.stack(channels, axis=-1).clip(0, 1) * 255).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels, "RGBA").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
