"""The groups of the roles, and words that people understand at once."""

from django.db import migrations, models

from classifier.migrations._groups import make_groups


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0018_shadows'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='queueitem',
            name='rank',
            field=models.PositiveSmallIntegerField(choices=[(0, 'Unknown/Others, blind sample, or another review'), (1, 'fell back to the main class')]),
        ),
        migrations.AlterField(
            model_name='queueitem',
            name='sampled',
            field=models.BooleanField(default=False, help_text='Sampled at random among the confident photos.'),
        ),
    ]
