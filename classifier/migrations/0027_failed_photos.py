"""An index for the admin's table of photos that failed, the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0026_embeddings_filled'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['id'], name='photo_failed_newest'),
        ),
    ]
