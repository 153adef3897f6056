"""Batch sources for training: photos where the trained part takes them, else kept features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from classifier.ml.manifest import Preprocessing
from training.data.batches import BatchSource, PhotoBatches
from training.data.folder import Sample
from training.features.cache import Views
from training.features.feature_batches import FeatureBatches


class FeatureBuilder(Protocol):
    """Computes outputs of a frozen part, or finds those of the same contents on disk."""

    def build(
        self,
        samples: Sequence[Sample],
        title: str,
        views: Views | None = None,
        *,
        sha256_of: Mapping[Path, str] | None = None,
    ) -> FeatureBatches:
        """Return the features of these photos, in their order.

        Args:
            samples: the photos.
            title: of the work, for its progress.
            views: of each photo; None is the evaluation view alone.
            sha256_of: the hashes of the files, where they are known; a file that has another
                content by now is refused.

        Raises:
            CacheError: if the disk has too little room.
            PhotosError: if there are no photos.
            UnreadablePhotoError: if one cannot be decoded, or was changed meanwhile.
        """


@dataclass(frozen=True, slots=True)
class BatchSourceBuilder:
    """Builds the batch sources of one network.

    Attributes:
        preprocessing: the evaluation transform.
        views: of a training photo.
        features: of the frozen part; None where the trained part takes photos.
        sha256_of: the hashes of the files, where they are known.
    """

    preprocessing: Preprocessing
    views: Views
    features: FeatureBuilder | None
    sha256_of: Mapping[Path, str] | None = None

    def training(self, samples: Sequence[Sample], title: str) -> BatchSource:
        """Return photos to train on; raises what `FeatureBuilder.build` does."""
        views = self.views.with_scenes_of(samples)
        if self.features is None:
            return PhotoBatches(samples, self.preprocessing, views.augmentation)
        return self.features.build(samples, title, views, sha256_of=self.sha256_of)

    def evaluation(self, samples: Sequence[Sample], title: str) -> BatchSource:
        """Return photos to score; raises what `FeatureBuilder.build` does."""
        if self.features is None:
            return PhotoBatches(samples, self.preprocessing)
        return self.features.build(samples, title, sha256_of=self.sha256_of)
