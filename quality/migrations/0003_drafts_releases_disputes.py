"""Drafts of scorecards and forms, releases, and disputes of evaluations."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models

PERSON = {'db_constraint': False, 'on_delete': django.db.models.deletion.DO_NOTHING, 'related_name': '+', 'to': settings.AUTH_USER_MODEL}
ID = ('id', models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False))


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0008_approvals'),
        ('quality', '0002_disputeword'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField('scorecard', 'is_draft', models.BooleanField(default=False)),
        migrations.AddField('scorecard', 'revision', models.PositiveIntegerField(default=0, help_text='Of a draft: how often it was saved.')),
        migrations.AlterField('scorecard', 'valid_from', models.DateTimeField(help_text='Of a draft: when it was begun.')),
        migrations.AddConstraint('scorecard', models.UniqueConstraint(condition=models.Q(('is_draft', True)), fields=('name',), name='one_draft_a_scorecard')),
        migrations.AddField('evaluation', 'released_at', models.DateTimeField(help_text='Since when agent and client see it; null: not yet.', null=True)),
        migrations.AddField('evaluation', 'release_on', models.DateTimeField(help_text='When it is to be released, if not at once.', null=True)),
        migrations.AddField('evaluation', 'acknowledged_at', models.DateTimeField(help_text='When the agent accepted it.', null=True)),
        migrations.AddField('evaluation', 'seconds', models.PositiveIntegerField(help_text='How long the evaluator worked on it.', null=True)),
        migrations.AddField('evaluation', 'coaching', models.TextField(blank=True, default='', help_text='For the agent alone.')),
        migrations.AddField('evaluation', 'pins', models.JSONField(default=list, help_text='[{question, message, quote, at}]: what an answer rests on.')),
        migrations.AddField('evaluation', 'picked_by', models.CharField(blank=True, default='', help_text='Of origin rule: the rule that picked it.', max_length=40)),
        migrations.AlterField('evaluation', 'origin', models.CharField(choices=[('manual', 'Manual'), ('sample', 'Sample'), ('rule', 'Rule')], default='manual', max_length=8)),
        migrations.CreateModel(
            name='EvaluationDraft',
            fields=[
                ID,
                ('work_item', models.UUIDField()),
                ('form', models.JSONField(default=dict, help_text='answers, comments, summary, coaching, pins, release_on.')),
                ('seconds', models.PositiveIntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('evaluator', models.ForeignKey(**PERSON)),
                ('scorecard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.scorecard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work_item', 'evaluator'), name='one_draft_per_evaluator')],
            },
        ),
        migrations.CreateModel(
            name='EvaluationDispute',
            fields=[
                ID,
                ('side', models.CharField(choices=[('agent', 'Agent'), ('client', 'Client')], max_length=6)),
                ('reasons', models.JSONField(help_text='Question code → why its answer is disputed.')),
                ('raised_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='open', max_length=8)),
                ('decided_at', models.DateTimeField(null=True)),
                ('verdicts', models.JSONField(default=dict, help_text='Question code → {accepted, answer, reason}.')),
                ('before', models.JSONField(default=dict, help_text='answers, percent and fatal before the decision.')),
                ('after', models.JSONField(default=dict, help_text='The same after it.')),
                ('decided_by', models.ForeignKey(null=True, **PERSON)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disputes', to='quality.evaluation')),
                ('raised_by', models.ForeignKey(**PERSON)),
            ],
            options={
                'ordering': ['raised_at'],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'side'), name='one_dispute_a_side')],
            },
        ),
        migrations.CreateModel(
            name='QualityTerms',
            fields=[
                ('only', models.BooleanField(default=True, editable=False, primary_key=True, serialize=False)),
                ('dispute_days', models.PositiveSmallIntegerField(default=5, help_text='Working days after the release.')),
                ('disputes_a_month', models.PositiveSmallIntegerField(default=5, help_text='Of one agent; 0: no limit.')),
            ],
        ),
    ]
