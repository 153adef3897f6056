"""Jobs of the trainer besides retraining, and the rights to ask for them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0014_drafts_and_removed_photos'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='modelversion',
            options={'ordering': ('-created_at',), 'permissions': [('promote_against_gate', 'Can promote a model version against the gate'), ('set_thresholds', 'Can make a model version with other thresholds'), ('compare_versions', 'Can have two model versions judged on the same photos')]},
        ),
        migrations.CreateModel(
            name='TrainerJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('promises', 'what each promise comes to'), ('thresholds', 'a version with other thresholds'), ('comparison', 'two versions on the same photos')], max_length=12)),
                ('arguments', models.JSONField(blank=True, default=dict)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('queued', 'waits for the trainer'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=10)),
                ('owner', models.UUIDField(blank=True, editable=False, null=True)),
                ('alive_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('doing', models.CharField(blank=True, help_text='What it does now, in words.', max_length=200)),
                ('progress', models.FloatField(default=0, help_text='0 to 1.')),
                ('message', models.TextField(blank=True, help_text='How it ended, in a sentence.')),
                ('result', models.JSONField(blank=True, null=True)),
                ('made', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='made_by_job', to='classifier.modelversion')),
                ('other', models.ForeignKey(blank=True, help_text='What the version is compared with.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='classifier.modelversion')),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['promises', 'thresholds', 'comparison'])), name='trainer_job_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'comparison'), ('other__isnull', False)), models.Q(models.Q(('kind', 'comparison'), _negated=True), ('other__isnull', True)), _connector='OR'), name='trainer_job_compares_two'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('owner__isnull', True), ('state__in', ['done', 'failed'])), _connector='OR'), name='trainer_job_finished_fits_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='trainer_job_says_why_it_failed'), models.CheckConstraint(condition=models.Q(('progress__gte', 0), ('progress__lte', 1)), name='trainer_job_progress_is_a_share')],
            },
        ),
    ]
