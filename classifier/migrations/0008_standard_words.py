"""Standard words for columns, tables and constraints, three indexes, and deleted photos whose files remain.

Constraints and indexes that name a renamed column go before it is renamed and come back after.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("classifier", "0007_dataset_weight_may_be_zero"),
    ]

    operations = [
        migrations.RemoveConstraint("modelversion", "exactly_one_champion"),
        migrations.AddConstraint(
            "modelversion",
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="champion"), name="at_most_one_champion"
            ),
        ),
        # The review queue.
        migrations.RemoveIndex("queueitem", "queue_oldest"),
        migrations.RemoveIndex("queueitem", "queue_informative"),
        migrations.RemoveConstraint("queueitem", "queue_claim_only_while_open"),
        migrations.RenameField("queueitem", "since", "queued_at"),
        migrations.RenameField("queueitem", "guess", "predicted_sub"),
        migrations.RenameField("queueitem", "open", "is_open"),
        migrations.AddIndex(
            "queueitem",
            models.Index(
                fields=["rank", "queued_at", "id"], condition=Q(is_open=True), name="queue_oldest"
            ),
        ),
        migrations.AddIndex(
            "queueitem",
            models.Index(
                fields=["-informative", "id"], condition=Q(is_open=True), name="queue_informative"
            ),
        ),
        migrations.AddConstraint(
            "queueitem",
            models.CheckConstraint(
                condition=Q(claim__isnull=True, held_until__isnull=True)
                | Q(claim__isnull=False, held_until__isnull=False, is_open=True),
                name="queue_claim_only_while_open",
            ),
        ),
        migrations.RemoveConstraint("passedover", "passed_over_once"),
        migrations.RenameModel("PassedOver", "Exclusion"),
        migrations.AlterField(
            "exclusion",
            "item",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exclusions",
                to="classifier.queueitem",
            ),
        ),
        migrations.AddConstraint(
            "exclusion",
            models.UniqueConstraint(fields=["moderator", "item"], name="exclusion_once"),
        ),
        # Reviews.
        migrations.RemoveIndex("review", "review_standing"),
        migrations.RemoveConstraint("review", "one_standing_review_per_photo"),
        migrations.RemoveConstraint("review", "review_stands_only_as_a_verdict"),
        migrations.RemoveConstraint("review", "review_confidences_are_shares"),
        migrations.RenameField("review", "stands", "is_final"),
        migrations.RenameField("review", "said_outcome", "predicted_outcome"),
        migrations.RenameField("review", "said_main", "predicted_main"),
        migrations.RenameField("review", "said_sub", "predicted_sub"),
        migrations.RenameField("review", "said_main_confidence", "predicted_main_confidence"),
        migrations.RenameField("review", "said_sub_confidence", "predicted_sub_confidence"),
        migrations.AddIndex(
            "review",
            models.Index(fields=["at"], condition=Q(is_final=True), name="review_final"),
        ),
        migrations.AddConstraint(
            "review",
            models.UniqueConstraint(
                fields=["photo"], condition=Q(is_final=True), name="one_final_review_per_photo"
            ),
        ),
        migrations.AddConstraint(
            "review",
            models.CheckConstraint(
                condition=Q(is_final=False)
                | Q(voided=False, voids__isnull=True, round__in=[1, 3]),
                name="review_final_only_as_a_verdict",
            ),
        ),
        migrations.AddConstraint(
            "review",
            models.CheckConstraint(
                condition=(
                    Q(predicted_main_confidence__isnull=True)
                    | Q(predicted_main_confidence__gte=0, predicted_main_confidence__lte=1.000001)
                )
                & (
                    Q(predicted_sub_confidence__isnull=True)
                    | Q(predicted_sub_confidence__gte=0, predicted_sub_confidence__lte=1.000001)
                ),
                name="review_confidences_are_shares",
            ),
        ),
        # Retraining.
        migrations.RemoveConstraint("photopart", "photo_part_known"),
        migrations.RenameModel("PhotoPart", "SplitAssignment"),
        migrations.RenameField("splitassignment", "part", "split"),
        migrations.AddConstraint(
            "splitassignment",
            models.CheckConstraint(
                condition=Q(split__in=["train", "validation", "test"]),
                name="split_assignment_known",
            ),
        ),
        migrations.RemoveConstraint("datasetreview", "dataset_part_known"),
        migrations.RenameField("datasetreview", "part", "split"),
        migrations.AddConstraint(
            "datasetreview",
            models.CheckConstraint(
                condition=Q(split__in=["train", "validation", "test"]), name="dataset_split_known"
            ),
        ),
        migrations.AddIndex(
            "datasetreview", models.Index(fields=["sha256"], name="dataset_review_sha256")
        ),
        migrations.RemoveConstraint("promotion", "promotion_how_known"),
        migrations.RenameField("promotion", "how", "trigger"),
        migrations.AddConstraint(
            "promotion",
            models.CheckConstraint(
                condition=Q(trigger__in=["person", "gate", "rollback"]),
                name="promotion_trigger_known",
            ),
        ),
        migrations.RenameField("reclassification", "walks", "passes"),
        # Photos.
        migrations.CreateModel(
            name="DeletedPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(help_text="Of the photo.")),
                (
                    "image",
                    models.CharField(help_text="Name of its file in the storage.", max_length=200),
                ),
                ("due_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddIndex(
            "listingphoto", models.Index(fields=["sha256"], name="photo_sha256")
        ),
        migrations.AddIndex(
            "listingphoto",
            models.Index(
                fields=["classified_at", "outcome"],
                condition=Q(status="classified"),
                name="photo_classified_at",
            ),
        ),
    ]
