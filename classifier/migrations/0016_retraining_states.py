"""Nothing new, called off and failed are three states."""

from django.conf import settings
from django.db import migrations, models


def tell_apart(apps, schema_editor):
    """Runs of before: the first had a verdict, the second a sentence."""
    runs = apps.get_model("classifier", "RetrainRun").objects
    runs.filter(verdict="nothing_new").update(state="nothing_new", verdict=None)
    runs.filter(state="failed", message__startswith="Called off by ").update(state="called_off")


def tell_together(apps, schema_editor):
    runs = apps.get_model("classifier", "RetrainRun").objects
    runs.filter(state="nothing_new").update(state="done", verdict="nothing_new")
    runs.filter(state="called_off").update(state="failed")


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0015_trainer_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='retrainrun',
            name='retraining_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='retrainrun',
            name='retraining_finished_fits_state',
        ),
        migrations.RemoveConstraint(
            model_name='retrainrun',
            name='retraining_done_has_verdict',
        ),
        migrations.AlterField(
            model_name='retrainrun',
            name='state',
            field=models.CharField(choices=[('queued', 'waits for the trainer'), ('running', 'running'), ('done', 'done'), ('nothing_new', 'nothing new'), ('called_off', 'called off'), ('failed', 'failed')], default='queued', max_length=12),
        ),
        migrations.AlterField(
            model_name='retrainrun',
            name='verdict',
            field=models.CharField(blank=True, choices=[('promoted', 'promoted'), ('rejected', 'rejected'), ('kept', 'kept as a candidate')], max_length=12, null=True),
        ),
        migrations.RunPython(tell_apart, tell_together, elidable=True),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'nothing_new', 'called_off', 'failed'])), name='retraining_state_known'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('owner__isnull', True), ('state__in', ['done', 'nothing_new', 'called_off', 'failed'])), _connector='OR'), name='retraining_finished_fits_state'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('verdict__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('verdict__isnull', True)), _connector='OR'), name='retraining_done_has_verdict'),
        ),
    ]
