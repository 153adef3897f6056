"""The whole schema in one step for a new database; an older one takes the steps it replaces.

Constraints and indexes are made with their tables: added to a table that is there, each makes
SQLite copy it.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from classifier.migrations._groups import make_groups
from classifier.migrations._storage_parameters import vacuum_as_others, vacuum_sooner


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('classifier', '0001_initial'),
        ('classifier', '0002_review_queue'),
        ('classifier', '0003_retraining'),
        ('classifier', '0004_chance_of_a_draw'),
        ('classifier', '0005_reclassification_walks'),
        ('classifier', '0006_reclassification_left_over'),
        ('classifier', '0007_dataset_weight_may_be_zero'),
        ('classifier', '0008_standard_words'),
        ('classifier', '0009_settle_again'),
        ('classifier', '0010_listing_deleted'),
        ('classifier', '0011_sampling_probability'),
        ('classifier', '0012_promotion_against_the_gate'),
        ('classifier', '0013_processes_and_uploads'),
        ('classifier', '0014_drafts_and_removed_photos'),
        ('classifier', '0015_trainer_jobs'),
        ('classifier', '0016_retraining_states'),
        ('classifier', '0017_sampled_constraints'),
        ('classifier', '0018_shadows'),
        ('classifier', '0019_roles'),
        ('classifier', '0020_drift'),
        ('classifier', '0021_photo_embeddings'),
        ('classifier', '0022_disagreements'),
        ('classifier', '0023_stage_times'),
        ('classifier', '0024_growth'),
        ('classifier', '0025_guidance'),
        ('classifier', '0026_embeddings_filled'),
        ('classifier', '0027_failed_photos'),
        ('classifier', '0028_fewer_index_entries'),
        ('classifier', '0029_storage_parameters'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_name', models.CharField(max_length=40)),
                ('sentence', models.TextField(help_text='What is wrong and what to do.')),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, help_text='When somebody was told that it began.', null=True)),
                ('told_end_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-since',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('check_name',), name='alarm_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('who', models.CharField(blank=True, help_text='Empty: a command or a stranger.', max_length=150)),
                ('action', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('address', models.CharField(blank=True, max_length=45)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Canary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listing', models.PositiveBigIntegerField(help_text='Removed once the photo is tagged.')),
                ('sent_at', models.DateTimeField()),
                ('tagged_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ModelVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=100, unique=True)),
                ('state', models.CharField(choices=[('candidate', 'candidate'), ('champion', 'champion (in production)'), ('retired', 'retired'), ('rejected', 'rejected')], default='candidate', max_length=10)),
                ('weights_sha256', models.CharField(max_length=64)),
                ('manifest', models.JSONField(help_text='bundle.json as it was registered.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('promoted_at', models.DateTimeField(blank=True, null=True)),
                ('promoted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, help_text='The version whose weights this one started from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='classifier.modelversion')),
                ('gate', models.JSONField(blank=True, help_text="The gate's verdict and criteria; empty if never judged.", null=True)),
                ('load_error', models.TextField(blank=True, help_text='Why a worker could not load it, the last time one tried.')),
                ('load_failed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-created_at',),
                'permissions': [('promote_against_gate', 'Can promote a model version against the gate'), ('set_thresholds', 'Can make a model version with other thresholds'), ('run_shadow', 'Can let a model version tag live photos silently'), ('compare_versions', 'Can have two model versions judged on the same photos')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'champion')), fields=('state',), name='at_most_one_champion'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'champion'), _negated=True), ('promoted_at__isnull', False), _connector='OR'), name='champion_has_promotion_time'), models.CheckConstraint(condition=models.Q(('state__in', ['candidate', 'champion', 'retired', 'rejected'])), name='model_state_known')],
            },
        ),
        migrations.CreateModel(
            name='DeletedPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(help_text='Of the photo.')),
                ('image', models.CharField(help_text='Name of its file in the storage.', max_length=200)),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Guideline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags'), ('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags'), ('not_ours', 'Not one of ours'), ('bad_photo', 'Bad photo')], max_length=20, unique=True, verbose_name='class')),
                ('text', models.CharField(help_text='One or two sentences.', max_length=300, verbose_name='text')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('label__in', ['Dresses', 'Outerwear', 'Skirts', 'Boots', 'Flats', 'High Heels', 'Clutches', 'Shoulder Bags', 'Tote Bags', 'Clothing', 'Shoes', 'Bags', 'not_ours', 'bad_photo'])), name='guideline_label_known')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('worker', 'worker'), ('trainer', 'trainer'), ('scheduler', 'scheduler')], max_length=10)),
                ('name', models.CharField(help_text='Kind, machine and number.', max_length=200, unique=True)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('model', models.CharField(blank=True, help_text='The version in its memory.', max_length=200)),
                ('engine', models.CharField(blank=True, max_length=40)),
                ('device', models.CharField(blank=True, max_length=100)),
                ('photos', models.PositiveBigIntegerField(default=0, help_text='Dealt with since its start.')),
                ('photos_a_minute', models.FloatField(default=0, help_text='Over the last minutes.')),
                ('stages', models.JSONField(blank=True, default=dict, help_text='How long each stage took, counted in buckets.')),
                ('last_batch_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('kind', 'name'),
                'permissions': [('view_status', 'Can see the status page')],
            },
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('owner', models.UUIDField(null=True)),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to=settings.AUTH_USER_MODEL)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('is_draft', models.BooleanField(default=False, help_text='Photos are still being sent, or the seller has not said Done.')),
                ('draft_key', models.UUIDField(blank=True, editable=False, help_text='Asked for twice, it is one draft.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='listing_deleted'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['seller', '-id'], name='listing_by_seller')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'draft_key'), name='one_listing_per_draft_key')],
            },
        ),
        migrations.CreateModel(
            name='SplitAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('split', models.CharField(choices=[('train', 'training'), ('validation', 'validation'), ('test', 'test')], max_length=10)),
                ('product', models.CharField(db_index=True, help_text='The listing, or what it looks like.', max_length=100)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('split__in', ['train', 'validation', 'test'])), name='split_assignment_known')],
            },
        ),
        migrations.CreateModel(
            name='DriftDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_days', to='classifier.modelversion')),
                ('photos', models.PositiveIntegerField()),
                ('counts', models.JSONField(help_text='Photos by figure and bin (classifier.drift.figures).')),
                ('reference', models.CharField(blank=True, choices=[('', 'not compared'), ('bundle', 'the model’s test photos'), ('stream', 'the days before')], default='', max_length=10, verbose_name='compared with')),
                ('distances', models.JSONField(default=dict, help_text='Population stability index of each figure that was compared.')),
                ('sentence', models.TextField(blank=True, help_text='What moved; empty if nothing did.')),
                ('examples', models.JSONField(default=list, help_text='Numbers of photos that show what moved, the clearest first.')),
            ],
            options={
                'ordering': ('-day', '-version'),
                'constraints': [models.UniqueConstraint(fields=('day', 'version'), name='drift_day_once'), models.CheckConstraint(condition=models.Q(('reference__in', ['', 'bundle', 'stream'])), name='drift_reference_known'), models.CheckConstraint(condition=models.Q(('photos__gt', 0)), name='drift_day_has_photos'), models.CheckConstraint(condition=models.Q(('sentence', ''), models.Q(('reference', ''), _negated=True), _connector='OR'), name='drift_is_from_a_reference')],
            },
        ),
        migrations.CreateModel(
            name='Promotion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotions', to='classifier.modelversion')),
                ('replaced', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='classifier.modelversion')),
                ('at', models.DateTimeField(db_index=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('trigger', models.CharField(choices=[('person', 'promoted by a person'), ('gate', 'promoted by the gate'), ('shadow', 'promoted by its shadow'), ('override', 'promoted against the gate'), ('rollback', 'rolled back to')], max_length=10)),
                ('reason', models.TextField(blank=True, help_text="Why a person promoted it against the gate, in that person's words.")),
            ],
            options={
                'ordering': ('-at', '-id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('trigger__in', ['person', 'gate', 'shadow', 'override', 'rollback'])), name='promotion_trigger_known'), models.CheckConstraint(condition=models.Q(models.Q(('trigger', 'override'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='promotion_against_the_gate_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Reclassification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('for_embeddings', models.BooleanField(db_default=False, default=False, help_text='Takes photos without an embedding, whatever version tagged them.')),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('cursor', models.BigIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0, help_text='Photos to tag when it began.')),
                ('tagged', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0, help_text='Whose tag is another now.')),
                ('passes', models.PositiveSmallIntegerField(default=0, help_text='How often it began anew since the last photo was tagged.')),
                ('left_over', models.PositiveIntegerField(default=0, help_text="Photos that kept another version's tag when it ended.")),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('finished_at__isnull', True)), name='one_unfinished_reclassification')],
            },
        ),
        migrations.CreateModel(
            name='RetrainRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger', models.CharField(choices=[('command', 'command'), ('admin', 'button'), ('schedule', 'schedule')], max_length=10)),
                ('policy', models.CharField(choices=[('never', 'never promote'), ('gate', 'promote if the gate says so'), ('always', 'promote whatever the gate says')], default='gate', max_length=10)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('queued', 'waits for the trainer'), ('running', 'running'), ('done', 'done'), ('nothing_new', 'nothing new'), ('called_off', 'called off'), ('failed', 'failed')], default='queued', max_length=12)),
                ('stage', models.CharField(blank=True, choices=[('collect', 'collecting labels'), ('train', 'training'), ('evaluate', 'comparing with the champion'), ('register', 'registering the candidate'), ('promote', 'deciding')], max_length=10, null=True)),
                ('owner', models.UUIDField(blank=True, editable=False, null=True)),
                ('alive_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('doing', models.CharField(blank=True, help_text='What it does now, in words.', max_length=200)),
                ('progress', models.FloatField(default=0, help_text='Of the present stage, 0 to 1.')),
                ('new_reviews', models.PositiveIntegerField(default=0)),
                ('candidate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='classifier.modelversion')),
                ('verdict', models.CharField(blank=True, choices=[('promoted', 'promoted'), ('rejected', 'rejected'), ('kept', 'kept as a candidate')], max_length=12, null=True)),
                ('message', models.TextField(blank=True, help_text='How it ended, in a sentence or more.')),
            ],
            options={
                'ordering': ('-id',),
                'permissions': [('retrain', 'Can start a retraining')],
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('state__in', ['queued', 'running'])), name='one_unfinished_retraining'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'nothing_new', 'called_off', 'failed'])), name='retraining_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('owner__isnull', True), ('state__in', ['done', 'nothing_new', 'called_off', 'failed'])), _connector='OR'), name='retraining_finished_fits_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('verdict__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('verdict__isnull', True)), _connector='OR'), name='retraining_done_has_verdict'), models.CheckConstraint(condition=models.Q(('progress__gte', 0), ('progress__lte', 1)), name='retraining_progress_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Shadow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shadows', to='classifier.modelversion')),
                ('champion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
                ('share', models.FloatField(help_text='Of live photos, 0 to 1.', validators=[django.core.validators.MinValueValidator(0.001), django.core.validators.MaxValueValidator(1)])),
                ('photos_wanted', models.PositiveIntegerField(help_text='The rule is applied once, when so many photos have been tagged by both.')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('running', 'running'), ('promoted', 'promoted'), ('dropped', 'dropped'), ('called_off', 'called off'), ('failed', 'failed')], default='running', max_length=10)),
                ('loads', models.PositiveSmallIntegerField(default=0, help_text='How often a worker loaded it since it last tagged a photo.')),
                ('message', models.TextField(blank=True, help_text='How it ended, in a sentence.')),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('state', 'running')), name='one_running_shadow'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'promoted', 'dropped', 'called_off', 'failed'])), name='shadow_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('message', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='shadow_that_ended_says_why'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='shadow_share_is_a_share'), models.CheckConstraint(condition=models.Q(('version', models.F('champion')), _negated=True), name='shadow_is_of_another_version')],
            },
        ),
        migrations.CreateModel(
            name='TrainerJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('promises', 'what each promise comes to'), ('thresholds', 'a version with other thresholds'), ('comparison', 'two versions on the same photos')], max_length=12)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='classifier.modelversion')),
                ('other', models.ForeignKey(blank=True, help_text='What the version is compared with.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
                ('arguments', models.JSONField(blank=True, default=dict)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
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
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['promises', 'thresholds', 'comparison'])), name='trainer_job_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'comparison'), ('other__isnull', False)), models.Q(models.Q(('kind', 'comparison'), _negated=True), ('other__isnull', True)), _connector='OR'), name='trainer_job_compares_two'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('owner__isnull', True), ('state__in', ['done', 'failed'])), _connector='OR'), name='trainer_job_finished_fits_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='trainer_job_says_why_it_failed'), models.CheckConstraint(condition=models.Q(('progress__gte', 0), ('progress__lte', 1)), name='trainer_job_progress_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='ListingPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='classifier.listing')),
                ('image', models.FileField(max_length=200, upload_to='photos/%Y/%m/%d/')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('original_name', models.CharField(blank=True, max_length=255)),
                ('sha256', models.CharField(help_text='Of the stored file.', max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('position', models.PositiveIntegerField(default=0, editable=False, help_text='In its listing; the lowest is the cover.')),
                ('upload_key', models.UUIDField(blank=True, editable=False, help_text='Sent twice, it is one photo.', null=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, help_text='Removed; it can still be brought back.', null=True)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('classified', 'classified'), ('failed', 'failed')], default='pending', max_length=10)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('claimed_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('main', models.CharField(blank=True, choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(blank=True, choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('main_confidence', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
                ('sub_confidence', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
                ('outcome', models.CharField(blank=True, choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20, null=True)),
                ('reason', models.CharField(blank=True, choices=[('main_below_threshold', 'main class not sure enough'), ('sub_below_threshold', 'subclass not sure enough'), ('sub_outside_main', 'subclass belongs to another main class'), ('out_of_distribution', 'looks like none of our goods')], max_length=30, null=True)),
                ('scores', models.JSONField(blank=True, null=True)),
                ('brightness', models.FloatField(blank=True, editable=False, help_text="Mean of the network's input, 0 to 1.", null=True)),
                ('model_version', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='classifier.modelversion')),
                ('classified_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['attempts', 'id'], name='photo_pending'), models.Index(fields=['outcome', 'id'], name='photo_outcome'), models.Index(fields=['sub', 'id'], name='photo_sub'), models.Index(fields=['sha256'], name='photo_sha256'), models.Index(fields=['image'], name='photo_image'), models.Index(fields=['created_at'], name='photo_created_at'), models.Index(condition=models.Q(('main_confidence__isnull', False)), fields=['main_confidence'], name='photo_main_confidence'), models.Index(condition=models.Q(('sub_confidence__isnull', False)), fields=['sub_confidence'], name='photo_sub_confidence'), models.Index(condition=models.Q(('model_version__isnull', False)), fields=['model_version'], name='photo_model_version'), models.Index(condition=models.Q(('status', 'failed')), fields=['created_at'], name='photo_failed'), models.Index(condition=models.Q(('status', 'failed')), fields=['id'], name='photo_failed_newest'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='photo_deleted'), models.Index(condition=models.Q(('status', 'classified')), fields=['classified_at', 'outcome'], name='photo_classified_at')],
                'constraints': [models.UniqueConstraint(fields=('listing', 'upload_key'), name='one_photo_per_upload_key'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'classified', 'failed'])), name='photo_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('classified_at__isnull', False), ('main_confidence__isnull', False), ('model_version__isnull', False), ('outcome__isnull', False), ('scores__isnull', False), ('status', 'classified'), ('sub_confidence__isnull', False)), models.Q(models.Q(('status', 'classified'), _negated=True), ('model_version__isnull', True), ('outcome__isnull', True)), _connector='OR'), name='photo_has_result_when_classified'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'failed'), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='photo_says_why_it_failed'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('outcome__isnull', True), ('reason__isnull', True), ('sub__isnull', True)), models.Q(('main__isnull', True), ('outcome', 'unknown'), ('outcome__isnull', False), ('reason__isnull', False), ('sub__isnull', True)), models.Q(('main__isnull', False), ('outcome', 'main_class'), ('outcome__isnull', False), ('reason__isnull', False), ('sub__isnull', True)), models.Q(('main__isnull', False), ('outcome', 'subclass'), ('outcome__isnull', False), ('reason__isnull', True), ('sub__isnull', False)), _connector='OR'), name='photo_outcome_fits_labels'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='photo_labels_are_of_the_taxonomy'), models.CheckConstraint(condition=models.Q(models.Q(('main_confidence__isnull', True), models.Q(('main_confidence__gte', 0), ('main_confidence__lte', 1.000001)), _connector='OR'), models.Q(('sub_confidence__isnull', True), models.Q(('sub_confidence__gte', 0), ('sub_confidence__lte', 1.000001)), _connector='OR')), name='photo_confidences_are_shares'), models.CheckConstraint(condition=models.Q(('brightness__isnull', True), models.Q(('brightness__gte', 0), ('brightness__lte', 1.000001)), _connector='OR'), name='photo_brightness_is_a_share'), models.CheckConstraint(condition=models.Q(('reason__isnull', True), ('reason__in', ['main_below_threshold', 'sub_below_threshold', 'sub_outside_main', 'out_of_distribution']), _connector='OR'), name='photo_reason_known'), models.CheckConstraint(condition=models.Q(('claim__isnull', True), models.Q(('claimed_until__isnull', False), ('status', 'pending')), _connector='OR'), name='photo_claim_only_while_pending')],
            },
        ),
        migrations.CreateModel(
            name='UploadKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(max_length=100)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.listing')),
                ('refused', models.JSONField(default=list, help_text='What of the upload was not taken.')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'key'), name='upload_key_once_a_seller')],
            },
        ),
        migrations.CreateModel(
            name='GoldenPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='golden', to='classifier.listingphoto')),
                ('chosen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='GuidelineExample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guideline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='examples', to='classifier.guideline')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='example_of', to='classifier.listingphoto')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='PhotoEmbedding',
            fields=[
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='embedding', serialize=False, to='classifier.listingphoto')),
                ('model_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
                ('vector', models.BinaryField(max_length=128)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('vector'), 128), name='embedding_has_its_size')],
            },
        ),
        migrations.CreateModel(
            name='PracticeVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moderator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.listingphoto')),
                ('verdict', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'main class only'), ('not_ours', 'not one of ours'), ('bad_photo', 'bad photo'), ('undone', 'undone')], max_length=10)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('is_right', models.BooleanField(help_text='The same as the review that settled the photo.')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(fields=('moderator', 'photo'), name='practised_once'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='practice_labels_are_of_the_taxonomy')],
            },
        ),
        migrations.CreateModel(
            name='QueueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='queue_item', to='classifier.listingphoto')),
                ('rank', models.PositiveSmallIntegerField(choices=[(0, 'Unknown/Others, blind sample, or another review'), (1, 'fell back to the main class')])),
                ('queued_at', models.DateTimeField(help_text='Since when it waits.')),
                ('sampled', models.BooleanField(default=False, help_text='Sampled at random among the confident photos.')),
                ('sampling_share', models.FloatField(blank=True, help_text='The sampling probability, 0 to 1.', null=True)),
                ('blind', models.BooleanField(default=False, help_text='What the model said is hidden until the verdict.')),
                ('round', models.PositiveSmallIntegerField(default=1, help_text='1: first verdict. 2: blind second one. 3: the one that settles. 4: the seller disagrees.')),
                ('predicted_sub', models.CharField(blank=True, choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('informative', models.FloatField(default=0, help_text='Informativeness of a label, 0 to 1; 1 for what must not wait.')),
                ('is_open', models.BooleanField(default=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('holder', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('held_until', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_open', True)), fields=['rank', 'queued_at', 'id'], name='queue_oldest'), models.Index(condition=models.Q(('is_open', True)), fields=['-informative', 'id'], name='queue_informative'), models.Index(condition=models.Q(('is_open', True), ('round', 3)), fields=['id'], name='queue_third_round')],
                'constraints': [models.CheckConstraint(condition=models.Q(('round__in', [1, 2, 3, 4])), name='queue_round_known'), models.CheckConstraint(condition=models.Q(('sampling_share__isnull', True), models.Q(('sampled', True), ('sampling_share__gt', 0), ('sampling_share__lte', 1)), _connector='OR'), name='queue_probability_only_if_sampled'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', True), ('held_until__isnull', True)), models.Q(('claim__isnull', False), ('held_until__isnull', False), ('is_open', True)), _connector='OR'), name='queue_claim_only_while_open')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reviews', to='classifier.listingphoto')),
                ('moderator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('seconds', models.FloatField(help_text='How long the photo was on the screen.', null=True)),
                ('key', models.UUIDField(help_text='Of one showing: sent twice, it counts once.', unique=True)),
                ('source', models.CharField(choices=[('queue', 'queue'), ('bulk', 'from a list or the grid'), ('direct', 'chosen by a person'), ('disagreed', 'the seller disagreed')], default='queue', max_length=10)),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('sampled', models.BooleanField(default=False)),
                ('sampling_share', models.FloatField(help_text='The sampling probability of the photo; empty if it was not sampled.', null=True)),
                ('blind', models.BooleanField(default=False)),
                ('verdict', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'main class only'), ('not_ours', 'not one of ours'), ('bad_photo', 'bad photo'), ('undone', 'undone')], max_length=10)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('because', models.CharField(blank=True, choices=[('other_goods', 'It shows goods that we do not sell.'), ('packaging', 'It shows packaging, a label or a receipt alone.'), ('no_item', 'It shows people or a place, and no item.'), ('several', 'It shows several different things.'), ('dark', 'It is too dark or too bright.'), ('blurred', 'It is blurred.'), ('part', 'It shows a part of the item alone.'), ('small', 'The item is too small on it.'), ('covered', 'Text or other things cover the item.')], default='', help_text='For the seller.', max_length=20)),
                ('note', models.CharField(blank=True, default='', help_text='One line for the seller.', max_length=200)),
                ('model_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='classifier.modelversion')),
                ('predicted_outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20, null=True)),
                ('predicted_main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('predicted_sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('predicted_main_confidence', models.FloatField(null=True)),
                ('predicted_sub_confidence', models.FloatField(null=True)),
                ('is_final', models.BooleanField(default=False, help_text='This verdict settles the photo.')),
                ('voided', models.BooleanField(default=False, help_text='A later row undid this one.')),
                ('voids', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='classifier.review')),
            ],
            options={
                'ordering': ('-id',),
                'permissions': [('view_quality', 'Can see the quality page of the reviews'), ('export_labels', 'Can export confirmed labels'), ('overrule_review', 'Can settle anew what another moderator has settled')],
                'indexes': [models.Index(fields=['moderator', 'at'], name='review_by_moderator'), models.Index(fields=['at'], name='review_at'), models.Index(condition=models.Q(('is_final', True)), fields=['at'], name='review_final'), models.Index(condition=models.Q(('blind', True), ('sampled', True)), fields=['id', 'is_final', 'model_version', 'sampling_share', 'source', 'predicted_outcome', 'verdict', 'main', 'sub', 'predicted_main', 'predicted_sub'], name='review_blind_sample'), models.Index(condition=models.Q(('is_final', True), ('predicted_outcome', 'subclass')), fields=['id', 'source', 'verdict', 'main', 'sub', 'predicted_main', 'predicted_sub'], name='review_of_confident_tag'), models.Index(condition=models.Q(('is_final', True), ('round__gte', 4)), fields=['photo'], name='review_direct'), models.Index(condition=models.Q(('round', 2)), fields=['photo'], name='review_second')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_final', True)), fields=('photo',), name='one_final_review_per_photo'), models.UniqueConstraint(condition=models.Q(('voided', False), ('voids__isnull', True)), fields=('photo', 'round'), name='one_verdict_per_photo_and_round'), models.CheckConstraint(condition=models.Q(('is_final', False), models.Q(models.Q(('voided', False), ('voids__isnull', True)), models.Q(('round', 2), _negated=True)), _connector='OR'), name='review_final_only_as_a_verdict'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', False), ('sub__isnull', False), ('verdict', 'subclass')), models.Q(('main__isnull', False), ('sub__isnull', True), ('verdict', 'main_class')), models.Q(('main__isnull', True), ('sub__isnull', True), ('verdict__in', ['not_ours', 'bad_photo'])), models.Q(('main__isnull', True), ('sub__isnull', True), ('verdict', 'undone')), _connector='OR'), name='review_verdict_fits_labels'), models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'undone'), ('voided', False), ('voids__isnull', False)), models.Q(models.Q(('verdict', 'undone'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='review_undone_names_what_it_voids'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='review_labels_are_of_the_taxonomy'), models.CheckConstraint(condition=models.Q(('because', ''), models.Q(('because__in', ['other_goods', 'packaging', 'no_item', 'several']), ('verdict', 'not_ours')), models.Q(('because__in', ['dark', 'blurred', 'part', 'small', 'covered']), ('verdict', 'bad_photo')), _connector='OR'), name='review_because_fits_verdict'), models.CheckConstraint(condition=models.Q(('round__gte', 1)), name='review_round_known'), models.CheckConstraint(condition=models.Q(('sampling_share__isnull', True), models.Q(('sampled', True), ('sampling_share__gt', 0), ('sampling_share__lte', 1)), _connector='OR'), name='review_probability_only_if_sampled'), models.CheckConstraint(condition=models.Q(('seconds__isnull', True), ('seconds__gte', 0), _connector='OR'), name='review_seconds_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('predicted_main_confidence__isnull', True), models.Q(('predicted_main_confidence__gte', 0), ('predicted_main_confidence__lte', 1.000001)), _connector='OR'), models.Q(('predicted_sub_confidence__isnull', True), models.Q(('predicted_sub_confidence__gte', 0), ('predicted_sub_confidence__lte', 1.000001)), _connector='OR')), name='review_confidences_are_shares')],
            },
        ),
        migrations.CreateModel(
            name='ShadowTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shadow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='classifier.shadow')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shadow_tags', to='classifier.listingphoto')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20, null=True)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('champion_outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20)),
                ('champion_main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('champion_sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('differs', models.BooleanField(help_text='Whether both decide otherwise.', null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shadow', 'photo'), name='shadow_tags_a_photo_once'), models.CheckConstraint(condition=models.Q(models.Q(('differs__isnull', True), ('outcome__isnull', True)), models.Q(('differs__isnull', False), ('outcome__isnull', False)), _connector='OR'), name='shadow_tag_is_compared'), models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='shadow_labels_are_of_the_taxonomy')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='suggestion', to='classifier.listingphoto')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20)),
                ('sub', models.CharField(blank=True, choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='suggestion_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), ('main__isnull', False)), name='suggestion_labels_are_of_the_taxonomy')],
            },
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='classifier.queueitem')),
                ('moderator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('why', models.CharField(choices=[('skipped', 'skipped'), ('reviewed', 'gave an earlier verdict')], max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('moderator', 'item'), name='exclusion_once')],
            },
        ),
        migrations.CreateModel(
            name='DatasetReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dataset_reviews', to='classifier.modelversion')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datasets', to='classifier.review')),
                ('sha256', models.CharField(help_text="Of the photo's file.", max_length=64)),
                ('split', models.CharField(choices=[('train', 'training'), ('validation', 'validation'), ('test', 'test')], max_length=10)),
                ('weight', models.FloatField(default=1.0, help_text='Photos of the stream that it stands for: 1 / sampling probability; 0: none.')),
            ],
            options={
                'indexes': [models.Index(fields=['sha256'], name='dataset_review_sha256')],
                'constraints': [models.UniqueConstraint(fields=('version', 'review'), name='review_once_in_dataset'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='dataset_weight_not_negative'), models.CheckConstraint(condition=models.Q(('split__in', ['train', 'validation', 'test'])), name='dataset_split_known')],
            },
        ),
        migrations.CreateModel(
            name='Disagreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='disagreement', to='classifier.listingphoto')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.review')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='disagreement_labels_are_of_the_taxonomy')],
            },
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(vacuum_sooner, vacuum_as_others),
    ]
