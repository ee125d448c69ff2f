"""Plans, draws and picks."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models

PERSON = {'db_constraint': False, 'on_delete': django.db.models.deletion.DO_NOTHING, 'related_name': '+', 'to': settings.AUTH_USER_MODEL}
ID = ('id', models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False))


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0008_approvals'),
        ('quality', '0004_released'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex('evaluation', models.Index(condition=models.Q(('released_at__isnull', True)), fields=['release_on'], name='evaluation_to_release')),
        migrations.CreateModel(
            name='SamplingPlan',
            fields=[
                ID,
                ('name', models.CharField(max_length=80, unique=True)),
                ('per_agent', models.PositiveSmallIntegerField(help_text='Random picks of one agent a month.')),
                ('channels', models.JSONField(default=list, help_text='Empty: all.')),
                ('languages', models.JSONField(default=list, help_text='Empty: all.')),
                ('rules', models.JSONField(default=list, help_text='[{rule, per_agent}]: what else is picked, and how often a month.')),
                ('is_active', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, **PERSON)),
            ],
        ),
        migrations.CreateModel(
            name='SampleDraw',
            fields=[
                ID,
                ('month', models.CharField(help_text="YYYY-MM, of the shop's calendar.", max_length=7)),
                ('seed', models.CharField(max_length=64)),
                ('wanted', models.JSONField(help_text='Agent → how many were to be drawn.')),
                ('candidates', models.JSONField(help_text='[[work item, agent, stratum]] it was drawn from.')),
                ('drawn_at', models.DateTimeField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draws', to='quality.samplingplan')),
            ],
            options={'ordering': ['drawn_at']},
        ),
        migrations.CreateModel(
            name='SamplePick',
            fields=[
                ID,
                ('origin', models.CharField(choices=[('sample', 'Sample'), ('rule', 'Rule')], max_length=8)),
                ('rule', models.CharField(blank=True, default='', max_length=40)),
                ('month', models.CharField(max_length=7)),
                ('work_item', models.UUIDField()),
                ('language', models.CharField(max_length=8)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=8)),
                ('picked_at', models.DateTimeField()),
                ('agent', models.ForeignKey(**PERSON)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('draw', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='picks', to='quality.sampledraw')),
                ('evaluation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='quality.evaluation')),
                ('evaluator', models.ForeignKey(null=True, **PERSON)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='picks', to='quality.samplingplan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'work_item', 'origin'), name='one_pick_a_plan_and_origin')],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['evaluator'], name='pick_to_evaluate')],
            },
        ),
    ]
