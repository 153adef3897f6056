"""A promotion against the gate: its own trigger, its reason, and who may do it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0011_sampling_probability'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='modelversion',
            options={'ordering': ('-created_at',), 'permissions': [('promote_against_gate', 'Can promote a model version against the gate')]},
        ),
        migrations.RemoveConstraint(
            model_name='promotion',
            name='promotion_trigger_known',
        ),
        migrations.AddField(
            model_name='promotion',
            name='reason',
            field=models.TextField(blank=True, help_text="Why a person promoted it against the gate, in that person's words."),
        ),
        migrations.AlterField(
            model_name='promotion',
            name='trigger',
            field=models.CharField(choices=[('person', 'promoted by a person'), ('gate', 'promoted by the gate'), ('override', 'promoted against the gate'), ('rollback', 'rolled back to')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['person', 'gate', 'override', 'rollback'])), name='promotion_trigger_known'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('trigger', 'override'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='promotion_against_the_gate_has_a_reason'),
        ),
    ]
