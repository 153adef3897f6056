"""Indexes, so that what people and processes ask does not take longer as the history grows."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0023_stage_times'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(fields=['seller', '-id'], name='listing_by_seller'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['image'], name='photo_image'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['main_confidence'], name='photo_main_confidence'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['sub_confidence'], name='photo_sub_confidence'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['created_at'], name='photo_failed'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(condition=models.Q(('is_open', True), ('round', 3)), fields=['id'], name='queue_third_round'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['at'], name='review_at'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('blind', True), ('sampled', True)), fields=['id'], name='review_blind_sample'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('is_final', True), ('predicted_outcome', 'subclass')), fields=['id'], name='review_of_confident_tag'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('is_final', True), ('round__gte', 4)), fields=['photo'], name='review_direct'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('round', 2)), fields=['photo'], name='review_second'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['created_at'], name='photo_created_at'),
        ),
    ]
