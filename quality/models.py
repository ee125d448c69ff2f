"""Scorecards and evaluations, and what is said in disputes, in the tenant's schema. Sampling: ``sampling_models``."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from conversations.models import Conversation
from kernel.ids import new_id
from quality.sampling_models import SampleDraw as SampleDraw
from quality.sampling_models import SamplePick as SamplePick
from quality.sampling_models import SamplingPlan as SamplingPlan


class Scorecard(models.Model):
    """The questions and weights of a version; ``definition`` is the JSON of ``quality.definitions``.

    What is published never changes; a change is the next version, a draft until it is published.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    valid_from = models.DateTimeField(help_text="Of a draft: when it was begun.")
    is_draft = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0, help_text="Of a draft: how often it was saved.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="one_scorecard_version"),
            models.UniqueConstraint(fields=["name"], condition=Q(is_draft=True), name="one_draft_a_scorecard"),
        ]


class Evaluation(models.Model):
    """One filled form on one work item. Answers, per cent and fatal are what stands: an accepted dispute changes them,
    and keeps what stood before (``EvaluationDispute.before``)."""

    class Origin(models.TextChoices):
        MANUAL = "manual"
        SAMPLE = "sample"
        RULE = "rule"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="evaluations")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="evaluations")
    work_item = models.UUIDField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.MANUAL)
    answers = models.JSONField(help_text="Question code → value, or null for not applicable.")
    comments = models.JSONField(default=dict, help_text="Question code → text.")
    summary = models.TextField(blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    fatal = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, help_text="Since when agent and client see it; null: not yet.")
    release_on = models.DateTimeField(null=True, help_text="When it is to be released, if not at once.")
    read_at = models.DateTimeField(null=True, help_text="When the agent opened it.")
    acknowledged_at = models.DateTimeField(null=True, help_text="When the agent accepted it.")
    seconds = models.PositiveIntegerField(null=True, help_text="How long the evaluator worked on it.")
    coaching = models.TextField(blank=True, default="", help_text="For the agent alone.")
    pins = models.JSONField(default=list, help_text="[{question, message, quote, at}]: what an answer rests on.")
    picked_by = models.CharField(
        max_length=40, blank=True, default="", help_text="Of origin rule: the rule that picked it."
    )

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_item", "evaluator"], name="one_evaluation_per_evaluator"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["release_on"], condition=Q(released_at__isnull=True), name="evaluation_to_release"),
        ]


class EvaluationDraft(models.Model):
    """A form that is being filled; it keeps the version it was begun on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    work_item = models.UUIDField()
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    form = models.JSONField(default=dict, help_text="answers, comments, summary, coaching, pins, release_on.")
    seconds = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_item", "evaluator"], name="one_draft_per_evaluator"),
        ]


class EvaluationDispute(models.Model):
    """An agent or the client disputes answers of an evaluation; another person than its evaluator decides, once."""

    class Side(models.TextChoices):
        AGENT = "agent"
        CLIENT = "client"

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="disputes")
    side = models.CharField(max_length=6, choices=Side.choices)
    reasons = models.JSONField(help_text="Question code → why its answer is disputed.")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    verdicts = models.JSONField(default=dict, help_text="Question code → {accepted, answer, reason}.")
    before = models.JSONField(default=dict, help_text="answers, percent and fatal before the decision.")
    after = models.JSONField(default=dict, help_text="The same after it.")

    class Meta:
        ordering: ClassVar = ["raised_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "side"], name="one_dispute_a_side"),
        ]


class QualityTerms(models.Model):
    """What was agreed on disputes of evaluations; one row, made when it is first changed."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    dispute_days = models.PositiveSmallIntegerField(default=5, help_text="Working days after the release.")
    disputes_a_month = models.PositiveSmallIntegerField(default=5, help_text="Of one agent; 0: no limit.")


class DisputeWord(models.Model):
    """What a side said in a dispute over a promise: the client's reason, the BPO's. The dispute itself is public."""

    class Side(models.TextChoices):
        CLIENT = "client"
        BPO = "bpo"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.UUIDField()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="dispute_words")
    side = models.CharField(max_length=6, choices=Side.choices)
    text = models.TextField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    said_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["said_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute", "side"], name="one_word_a_side"),
        ]
