"""Indexes that answer alone, and none with entries for photos that have nothing to look for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0027_failed_photos'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='listing',
            name='listing_by_seller',
        ),
        migrations.RemoveIndex(
            model_name='listingphoto',
            name='photo_main_confidence',
        ),
        migrations.RemoveIndex(
            model_name='listingphoto',
            name='photo_sub_confidence',
        ),
        migrations.RemoveIndex(
            model_name='review',
            name='review_blind_sample',
        ),
        migrations.RemoveIndex(
            model_name='review',
            name='review_of_confident_tag',
        ),
        migrations.AlterField(
            model_name='listing',
            name='seller',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='listingphoto',
            name='listing',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='classifier.listing'),
        ),
        migrations.AlterField(
            model_name='listingphoto',
            name='model_version',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='classifier.modelversion'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(fields=['at'], name='suggestion_at'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['seller', '-id'], name='listing_by_seller'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('main_confidence__isnull', False)), fields=['main_confidence'], name='photo_main_confidence'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('sub_confidence__isnull', False)), fields=['sub_confidence'], name='photo_sub_confidence'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('model_version__isnull', False)), fields=['model_version'], name='photo_model_version'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('blind', True), ('sampled', True)), fields=['id', 'is_final', 'model_version', 'sampling_share', 'source', 'predicted_outcome', 'verdict', 'main', 'sub', 'predicted_main', 'predicted_sub'], name='review_blind_sample'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('is_final', True), ('predicted_outcome', 'subclass')), fields=['id', 'source', 'verdict', 'main', 'sub', 'predicted_main', 'predicted_sub'], name='review_of_confident_tag'),
        ),
    ]
