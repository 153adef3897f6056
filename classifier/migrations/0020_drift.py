"""Drift: the brightness of a photo, and what the stream was like day by day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0019_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='listingphoto',
            name='brightness',
            field=models.FloatField(blank=True, editable=False, help_text="Mean of the network's input, 0 to 1.", null=True),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(('brightness__isnull', True), models.Q(('brightness__gte', 0), ('brightness__lte', 1.000001)), _connector='OR'), name='photo_brightness_is_a_share'),
        ),
        migrations.CreateModel(
            name='DriftDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('photos', models.PositiveIntegerField()),
                ('counts', models.JSONField(help_text='Photos by figure and bin (classifier.drift.figures).')),
                ('reference', models.CharField(blank=True, choices=[('', 'not compared'), ('bundle', 'the model’s test photos'), ('stream', 'the days before')], default='', max_length=10, verbose_name='compared with')),
                ('distances', models.JSONField(default=dict, help_text='Population stability index of each figure that was compared.')),
                ('sentence', models.TextField(blank=True, help_text='What moved; empty if nothing did.')),
                ('examples', models.JSONField(default=list, help_text='Numbers of photos that show what moved, the clearest first.')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_days', to='classifier.modelversion')),
            ],
            options={
                'ordering': ('-day', '-version'),
                'constraints': [
                    models.UniqueConstraint(fields=('day', 'version'), name='drift_day_once'),
                    models.CheckConstraint(condition=models.Q(('reference__in', ['', 'bundle', 'stream'])), name='drift_reference_known'),
                    models.CheckConstraint(condition=models.Q(('photos__gt', 0)), name='drift_day_has_photos'),
                    models.CheckConstraint(condition=models.Q(('sentence', ''), models.Q(('reference', ''), _negated=True), _connector='OR'), name='drift_is_from_a_reference'),
                ],
            },
        ),
    ]
