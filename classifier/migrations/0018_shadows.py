"""Shadows: candidates that tag a share of live photos silently beside the champion."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0017_sampled_constraints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Shadow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share', models.FloatField(help_text='Of live photos, 0 to 1.', validators=[django.core.validators.MinValueValidator(0.001), django.core.validators.MaxValueValidator(1)])),
                ('photos_wanted', models.PositiveIntegerField(help_text='The rule is applied once, when so many photos have been tagged by both.')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('running', 'running'), ('promoted', 'promoted'), ('dropped', 'dropped'), ('called_off', 'called off'), ('failed', 'failed')], default='running', max_length=10)),
                ('loads', models.PositiveSmallIntegerField(default=0, help_text='How often a worker loaded it since it last tagged a photo.')),
                ('message', models.TextField(blank=True, help_text='How it ended, in a sentence.')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ShadowTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20, null=True)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('champion_outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20)),
                ('champion_main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('champion_sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('differs', models.BooleanField(help_text='Whether both decide otherwise.', null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name='modelversion',
            options={'ordering': ('-created_at',), 'permissions': [('promote_against_gate', 'Can promote a model version against the gate'), ('set_thresholds', 'Can make a model version with other thresholds'), ('run_shadow', 'Can let a model version tag live photos silently'), ('compare_versions', 'Can have two model versions judged on the same photos')]},
        ),
        migrations.RemoveConstraint(
            model_name='promotion',
            name='promotion_trigger_known',
        ),
        migrations.AlterField(
            model_name='promotion',
            name='trigger',
            field=models.CharField(choices=[('person', 'promoted by a person'), ('gate', 'promoted by the gate'), ('shadow', 'promoted by its shadow'), ('override', 'promoted against the gate'), ('rollback', 'rolled back to')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['person', 'gate', 'shadow', 'override', 'rollback'])), name='promotion_trigger_known'),
        ),
        migrations.AddField(
            model_name='shadow',
            name='champion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion'),
        ),
        migrations.AddField(
            model_name='shadow',
            name='started_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='shadow',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shadows', to='classifier.modelversion'),
        ),
        migrations.AddField(
            model_name='shadowtag',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shadow_tags', to='classifier.listingphoto'),
        ),
        migrations.AddField(
            model_name='shadowtag',
            name='shadow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='classifier.shadow'),
        ),
        migrations.AddConstraint(
            model_name='shadow',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('state', 'running')), name='one_running_shadow'),
        ),
        migrations.AddConstraint(
            model_name='shadow',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'promoted', 'dropped', 'called_off', 'failed'])), name='shadow_state_known'),
        ),
        migrations.AddConstraint(
            model_name='shadow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('message', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='shadow_that_ended_says_why'),
        ),
        migrations.AddConstraint(
            model_name='shadow',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='shadow_share_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='shadow',
            constraint=models.CheckConstraint(condition=models.Q(('version', models.F('champion')), _negated=True), name='shadow_is_of_another_version'),
        ),
        migrations.AddConstraint(
            model_name='shadowtag',
            constraint=models.UniqueConstraint(fields=('shadow', 'photo'), name='shadow_tags_a_photo_once'),
        ),
        migrations.AddConstraint(
            model_name='shadowtag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('differs__isnull', True), ('outcome__isnull', True)), models.Q(('differs__isnull', False), ('outcome__isnull', False)), _connector='OR'), name='shadow_tag_is_compared'),
        ),
        migrations.AddConstraint(
            model_name='shadowtag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='shadow_labels_are_of_the_taxonomy'),
        ),
    ]
