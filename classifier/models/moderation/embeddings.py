"""How photos look to the network, so that those that look alike can be shown together."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from classifier.ml.embeddings.similarity import DIMENSIONS
from classifier.models.photos import ListingPhoto
from classifier.models.versions import ModelVersion


class PhotoEmbedding(models.Model):
    """The compact embedding of one photo by the version that tagged it last.

    In a table of its own: lists and the queue read photos without it.
    """

    photo = models.OneToOneField(
        ListingPhoto, on_delete=models.CASCADE, primary_key=True, related_name="embedding"
    )
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    vector = models.BinaryField(max_length=DIMENSIONS)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("vector"), DIMENSIONS), name="embedding_has_its_size"
            )
        ]

    def __str__(self) -> str:
        return _("Embedding of photo %(number)s") % {"number": self.photo_id}
