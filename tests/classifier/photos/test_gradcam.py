"""Grad-CAM images: made by a worker, shown to moderators, never in the web process."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image
from torch import nn

from classifier.ml.gradcam import grad_cam, overlay
from classifier.ml.manifest import Preprocessing
from classifier.ml.network import HierarchicalResNet
from classifier.photos import cleanup
from classifier.photos import gradcam as gradcam_images
from classifier.worker import gradcam
from tests.manifests import a_manifest
from tests.rows import champion_of
from tests.tagged_photos import UNKNOWN, a_moderator, a_photo

PREPROCESSING = a_manifest().preprocessing


class SeesTheCorner(nn.Module):
    """A last stage whose every map is hot in the upper left corner alone."""

    def forward(self, _: torch.Tensor) -> torch.Tensor:
        maps = torch.zeros(1, 2048, 7, 7)
        maps[:, :, 0, 0] = 1.0
        return maps


@pytest.fixture
def corner_network() -> HierarchicalResNet:
    network = HierarchicalResNet().eval()
    network.backbone.layer4 = nn.Sequential(SeesTheCorner())
    nn.init.constant_(network.sub_head.weight, 0.1)
    return network


def alpha(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)))[..., 3]


def test_the_map_is_high_where_the_features_are(corner_network: HierarchicalResNet) -> None:
    """What speaks for the best subclass is 1, what says nothing is 0."""
    photo = torch.zeros(3, 224, 224, dtype=torch.uint8)
    activation = grad_cam(corner_network, photo, PREPROCESSING)
    assert activation.shape == (7, 7)
    assert activation[0, 0] == 1
    assert activation.sum() == 1


@pytest.mark.parametrize(("width", "height"), [(300, 600), (600, 300), (50, 50)])
def test_the_picture_has_the_shape_of_the_photo(width: int, height: int) -> None:
    """The overlay fits the photo it is laid over, hot in the middle where the map is."""
    activation = torch.zeros(7, 7)
    activation[3, 3] = 1
    shown = alpha(overlay(activation, width=width, height=height, preprocessing=PREPROCESSING))
    assert shown.shape[0] / shown.shape[1] == pytest.approx(height / width, rel=0.01)
    row, column = np.unravel_index(shown.argmax(), shown.shape)
    assert abs(row / shown.shape[0] - 0.5) < 0.1
    assert abs(column / shown.shape[1] - 0.5) < 0.1


@pytest.mark.django_db
def test_a_worker_makes_the_picture_and_the_page_gets_it(untrained_bundle: Path) -> None:
    """Asked for, it comes with the next request; made once, it is kept."""
    champion_of(untrained_bundle)
    photo = a_photo(file=True, **UNKNOWN)
    client = Client()
    client.force_login(a_moderator())
    url = reverse("admin:review_queue_gradcam", args=[photo.pk])
    assert client.get(url).status_code == 202
    assert client.get(f"{url}?ask").status_code == 503  # no broker runs here
    gradcam.make_image(photo.pk)
    gradcam.make_image(photo.pk)
    response = client.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(response.content)).size == (640, 480)
    assert default_storage.listdir("heat")[1] == [f"{photo.pk}-untrained.png"]
    assert client.get(reverse("admin:review_queue_gradcam", args=[99_999])).status_code == 404


@pytest.mark.django_db
def test_a_photo_without_its_file_gets_no_picture(untrained_bundle: Path) -> None:
    """A missing file or row is no crash of the worker."""
    champion_of(untrained_bundle)
    photo = a_photo(file=True, **UNKNOWN)
    photo.image.storage.delete(str(photo.image))
    gradcam.make_image(photo.pk)
    gradcam.make_image(99_999)
    assert gradcam_images.stored_image(photo) is None


def test_preprocessing_that_crops_maps_to_the_middle() -> None:
    """Where the network saw the centre alone, the borders stay clear."""
    preprocessing = Preprocessing(size=224, resize=448, fit="centre_crop")
    shown = alpha(overlay(torch.ones(7, 7), width=400, height=400, preprocessing=preprocessing))
    assert shown[0, 0] == 0
    assert shown[320, 320] > 100


@pytest.mark.django_db(transaction=True)
def test_the_picture_goes_with_the_photo(untrained_bundle: Path) -> None:
    """Nothing of a deleted photo stays in the storage."""
    champion_of(untrained_bundle)
    photo = a_photo(file=True, **UNKNOWN)
    gradcam.make_image(photo.pk)
    photo.delete()
    cleanup.remove_files()
    assert default_storage.listdir("heat")[1] == []
