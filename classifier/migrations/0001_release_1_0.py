"""The whole schema in one step for a new database; an older one takes the steps it replaces."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


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
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to=settings.AUTH_USER_MODEL)),
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
                ('gate', models.JSONField(blank=True, help_text="The gate's verdict and criteria; empty if never judged.", null=True)),
                ('load_error', models.TextField(blank=True, help_text='Why a worker could not load it, the last time one tried.')),
                ('load_failed_at', models.DateTimeField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, help_text='The version whose weights this one started from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='classifier.modelversion')),
                ('promoted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='ListingPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('image', models.FileField(max_length=200, upload_to='photos/%Y/%m/%d/')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('original_name', models.CharField(blank=True, max_length=255)),
                ('sha256', models.CharField(help_text='Of the stored file.', max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
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
                ('classified_at', models.DateTimeField(blank=True, null=True)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='classifier.listing')),
                ('model_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='classifier.modelversion')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Promotion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('trigger', models.CharField(choices=[('person', 'promoted by a person'), ('gate', 'promoted by the gate'), ('rollback', 'rolled back to')], max_length=10)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaced', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='classifier.modelversion')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotions', to='classifier.modelversion')),
            ],
            options={
                'ordering': ('-at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='QueueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(choices=[(0, 'unknown, drawn at random, or to be looked at again'), (1, 'fell back to the main class')])),
                ('queued_at', models.DateTimeField(help_text='Since when it waits.')),
                ('sampled', models.BooleanField(default=False, help_text='Drawn at random among the confident photos.')),
                ('sampling_share', models.FloatField(blank=True, help_text='The chance of that draw, 0 to 1.', null=True)),
                ('blind', models.BooleanField(default=False, help_text='What the model said is hidden until the verdict.')),
                ('round', models.PositiveSmallIntegerField(default=1, help_text='1: first verdict. 2: blind second one. 3: the one that settles.')),
                ('predicted_sub', models.CharField(blank=True, choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('informative', models.FloatField(default=0, help_text='How much a label would teach, 0 to 1; 1 for what must not wait.')),
                ('is_open', models.BooleanField(default=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('held_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('holder', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='queue_item', to='classifier.listingphoto')),
            ],
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('skipped', 'skipped'), ('reviewed', 'gave an earlier verdict')], max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('moderator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='classifier.queueitem')),
            ],
        ),
        migrations.CreateModel(
            name='Reclassification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('cursor', models.BigIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0, help_text='Photos to tag when it began.')),
                ('tagged', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0, help_text='Whose tag is another now.')),
                ('passes', models.PositiveSmallIntegerField(default=0, help_text='How often it began anew since the last photo was tagged.')),
                ('left_over', models.PositiveIntegerField(default=0, help_text="Photos that kept another version's tag when it ended.")),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classifier.modelversion')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='RetrainRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger', models.CharField(choices=[('command', 'command'), ('admin', 'button'), ('schedule', 'schedule')], max_length=10)),
                ('policy', models.CharField(choices=[('never', 'never promote'), ('gate', 'promote if the gate says so'), ('always', 'promote whatever the gate says')], default='gate', max_length=10)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('queued', 'waits for the trainer'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=10)),
                ('stage', models.CharField(blank=True, choices=[('collect', 'collecting labels'), ('train', 'training'), ('evaluate', 'comparing with the champion'), ('register', 'registering the candidate'), ('promote', 'deciding')], max_length=10, null=True)),
                ('owner', models.UUIDField(blank=True, editable=False, null=True)),
                ('alive_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('doing', models.CharField(blank=True, help_text='What it does now, in words.', max_length=200)),
                ('progress', models.FloatField(default=0, help_text='Of the present stage, 0 to 1.')),
                ('new_reviews', models.PositiveIntegerField(default=0)),
                ('verdict', models.CharField(blank=True, choices=[('promoted', 'promoted'), ('rejected', 'rejected'), ('kept', 'kept as a candidate'), ('nothing_new', 'too little new')], max_length=12, null=True)),
                ('message', models.TextField(blank=True, help_text='How it ended, in a sentence or more.')),
                ('candidate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='classifier.modelversion')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'permissions': [('retrain', 'Can start a retraining')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('seconds', models.FloatField(help_text='How long the photo was on the screen.', null=True)),
                ('key', models.UUIDField(help_text='Of one showing: sent twice, it counts once.', unique=True)),
                ('source', models.CharField(choices=[('queue', 'queue'), ('bulk', 'confirmed from the list')], default='queue', max_length=10)),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('sampled', models.BooleanField(default=False)),
                ('sampling_share', models.FloatField(help_text='The chance with which the photo was drawn; empty if it was not.', null=True)),
                ('blind', models.BooleanField(default=False)),
                ('verdict', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'main class only'), ('not_ours', 'not one of ours'), ('bad_photo', 'bad photo'), ('undone', 'undone')], max_length=10)),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('predicted_outcome', models.CharField(choices=[('subclass', 'subclass'), ('main_class', 'fell back to the main class'), ('unknown', 'Unknown/Others')], max_length=20, null=True)),
                ('predicted_main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20, null=True)),
                ('predicted_sub', models.CharField(choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('predicted_main_confidence', models.FloatField(null=True)),
                ('predicted_sub_confidence', models.FloatField(null=True)),
                ('is_final', models.BooleanField(default=False, help_text='This verdict settles the photo.')),
                ('voided', models.BooleanField(default=False, help_text='A later row undid this one.')),
                ('model_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='classifier.modelversion')),
                ('moderator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
                ('photo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reviews', to='classifier.listingphoto')),
                ('voids', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='classifier.review')),
            ],
            options={
                'ordering': ('-id',),
                'permissions': [('view_quality', 'Can see the quality page of the reviews'), ('export_labels', 'Can export confirmed labels')],
            },
        ),
        migrations.CreateModel(
            name='DatasetReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(help_text="Of the photo's file.", max_length=64)),
                ('split', models.CharField(choices=[('train', 'training'), ('validation', 'validation'), ('test', 'test')], max_length=10)),
                ('weight', models.FloatField(default=1.0, help_text='How many photos of the stream it stands for, 1 / chance of a draw; 0: none.')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dataset_reviews', to='classifier.modelversion')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datasets', to='classifier.review')),
            ],
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
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main', models.CharField(choices=[('Clothing', 'Clothing'), ('Shoes', 'Shoes'), ('Bags', 'Bags')], max_length=20)),
                ('sub', models.CharField(blank=True, choices=[('Dresses', 'Dresses'), ('Outerwear', 'Outerwear'), ('Skirts', 'Skirts'), ('Boots', 'Boots'), ('Flats', 'Flats'), ('High Heels', 'High Heels'), ('Clutches', 'Clutches'), ('Shoulder Bags', 'Shoulder Bags'), ('Tote Bags', 'Tote Bags')], max_length=20, null=True)),
                ('at', models.DateTimeField(auto_now=True)),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='suggestion', to='classifier.listingphoto')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'champion')), fields=('state',), name='at_most_one_champion'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'champion'), _negated=True), ('promoted_at__isnull', False), _connector='OR'), name='champion_has_promotion_time'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['candidate', 'champion', 'retired', 'rejected'])), name='model_state_known'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['attempts', 'id'], name='photo_pending'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['outcome', 'id'], name='photo_outcome'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['sub', 'id'], name='photo_sub'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(fields=['sha256'], name='photo_sha256'),
        ),
        migrations.AddIndex(
            model_name='listingphoto',
            index=models.Index(condition=models.Q(('status', 'classified')), fields=['classified_at', 'outcome'], name='photo_classified_at'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'classified', 'failed'])), name='photo_status_known'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('classified_at__isnull', False), ('main_confidence__isnull', False), ('model_version__isnull', False), ('outcome__isnull', False), ('scores__isnull', False), ('status', 'classified'), ('sub_confidence__isnull', False)), models.Q(models.Q(('status', 'classified'), _negated=True), ('model_version__isnull', True), ('outcome__isnull', True)), _connector='OR'), name='photo_has_result_when_classified'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'failed'), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='photo_says_why_it_failed'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('outcome__isnull', True), ('reason__isnull', True), ('sub__isnull', True)), models.Q(('main__isnull', True), ('outcome', 'unknown'), ('outcome__isnull', False), ('reason__isnull', False), ('sub__isnull', True)), models.Q(('main__isnull', False), ('outcome', 'main_class'), ('outcome__isnull', False), ('reason__isnull', False), ('sub__isnull', True)), models.Q(('main__isnull', False), ('outcome', 'subclass'), ('outcome__isnull', False), ('reason__isnull', True), ('sub__isnull', False)), _connector='OR'), name='photo_outcome_fits_labels'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='photo_labels_are_of_the_taxonomy'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main_confidence__isnull', True), models.Q(('main_confidence__gte', 0), ('main_confidence__lte', 1.000001)), _connector='OR'), models.Q(('sub_confidence__isnull', True), models.Q(('sub_confidence__gte', 0), ('sub_confidence__lte', 1.000001)), _connector='OR')), name='photo_confidences_are_shares'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(('reason__isnull', True), ('reason__in', ['main_below_threshold', 'sub_below_threshold', 'sub_outside_main', 'out_of_distribution']), _connector='OR'), name='photo_reason_known'),
        ),
        migrations.AddConstraint(
            model_name='listingphoto',
            constraint=models.CheckConstraint(condition=models.Q(('claim__isnull', True), models.Q(('claimed_until__isnull', False), ('status', 'pending')), _connector='OR'), name='photo_claim_only_while_pending'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['person', 'gate', 'rollback'])), name='promotion_trigger_known'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['rank', 'queued_at', 'id'], name='queue_oldest'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['-informative', 'id'], name='queue_informative'),
        ),
        migrations.AddConstraint(
            model_name='queueitem',
            constraint=models.CheckConstraint(condition=models.Q(('round__in', [1, 2, 3])), name='queue_round_known'),
        ),
        migrations.AddConstraint(
            model_name='queueitem',
            constraint=models.CheckConstraint(condition=models.Q(('sampling_share__isnull', True), models.Q(('sampled', True), ('sampling_share__gt', 0), ('sampling_share__lte', 1)), _connector='OR'), name='queue_chance_only_of_a_draw'),
        ),
        migrations.AddConstraint(
            model_name='queueitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', True), ('held_until__isnull', True)), models.Q(('claim__isnull', False), ('held_until__isnull', False), ('is_open', True)), _connector='OR'), name='queue_claim_only_while_open'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.UniqueConstraint(fields=('moderator', 'item'), name='exclusion_once'),
        ),
        migrations.AddConstraint(
            model_name='reclassification',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('finished_at__isnull', True)), name='one_unfinished_reclassification'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('state__in', ['queued', 'running'])), name='one_unfinished_retraining'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='retraining_state_known'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['queued', 'running'])), models.Q(('finished_at__isnull', False), ('owner__isnull', True), ('state__in', ['done', 'failed'])), _connector='OR'), name='retraining_finished_fits_state'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('verdict__isnull', False), _connector='OR'), name='retraining_done_has_verdict'),
        ),
        migrations.AddConstraint(
            model_name='retrainrun',
            constraint=models.CheckConstraint(condition=models.Q(('progress__gte', 0), ('progress__lte', 1)), name='retraining_progress_is_a_share'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['moderator', 'at'], name='review_by_moderator'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('is_final', True)), fields=['at'], name='review_final'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('is_final', True)), fields=('photo',), name='one_final_review_per_photo'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('voided', False), ('voids__isnull', True)), fields=('photo', 'round'), name='one_verdict_per_photo_and_round'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('is_final', False), models.Q(('round__in', [1, 3]), ('voided', False), ('voids__isnull', True)), _connector='OR'), name='review_final_only_as_a_verdict'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', False), ('sub__isnull', False), ('verdict', 'subclass')), models.Q(('main__isnull', False), ('sub__isnull', True), ('verdict', 'main_class')), models.Q(('main__isnull', True), ('sub__isnull', True), ('verdict__in', ['not_ours', 'bad_photo'])), models.Q(('main__isnull', True), ('sub__isnull', True), ('verdict', 'undone')), _connector='OR'), name='review_verdict_fits_labels'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'undone'), ('voided', False), ('voids__isnull', False)), models.Q(models.Q(('verdict', 'undone'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='review_undone_names_what_it_voids'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), name='review_labels_are_of_the_taxonomy'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('round__in', [1, 2, 3])), name='review_round_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('sampling_share__isnull', True), models.Q(('sampled', True), ('sampling_share__gt', 0), ('sampling_share__lte', 1)), _connector='OR'), name='review_chance_only_of_a_draw'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('seconds__isnull', True), ('seconds__gte', 0), _connector='OR'), name='review_seconds_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('predicted_main_confidence__isnull', True), models.Q(('predicted_main_confidence__gte', 0), ('predicted_main_confidence__lte', 1.000001)), _connector='OR'), models.Q(('predicted_sub_confidence__isnull', True), models.Q(('predicted_sub_confidence__gte', 0), ('predicted_sub_confidence__lte', 1.000001)), _connector='OR')), name='review_confidences_are_shares'),
        ),
        migrations.AddIndex(
            model_name='datasetreview',
            index=models.Index(fields=['sha256'], name='dataset_review_sha256'),
        ),
        migrations.AddConstraint(
            model_name='datasetreview',
            constraint=models.UniqueConstraint(fields=('version', 'review'), name='review_once_in_dataset'),
        ),
        migrations.AddConstraint(
            model_name='datasetreview',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='dataset_weight_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='datasetreview',
            constraint=models.CheckConstraint(condition=models.Q(('split__in', ['train', 'validation', 'test'])), name='dataset_split_known'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('main__isnull', True), ('sub__isnull', True)), models.Q(('main', 'Clothing'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Dresses', 'Outerwear', 'Skirts')), _connector='OR')), models.Q(('main', 'Shoes'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Boots', 'Flats', 'High Heels')), _connector='OR')), models.Q(('main', 'Bags'), ('main__isnull', False), models.Q(('sub__isnull', True), ('sub__in', ('Clutches', 'Shoulder Bags', 'Tote Bags')), _connector='OR')), _connector='OR'), ('main__isnull', False)), name='suggestion_labels_are_of_the_taxonomy'),
        ),
    ]
