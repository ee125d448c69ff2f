"""Scorecards and evaluations, and what is said in disputes, in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from conversations.models import Conversation
from kernel.ids import new_id


class Scorecard(models.Model):
    """The questions and weights of a version; ``definition`` is the JSON of ``quality.scoring``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    valid_from = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="one_scorecard_version"),
        ]


class Evaluation(models.Model):
    """One filled form on one work item."""

    class Origin(models.TextChoices):
        MANUAL = "manual"
        SAMPLE = "sample"

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
    read_at = models.DateTimeField(null=True, help_text="When the agent opened it.")

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_item", "evaluator"], name="one_evaluation_per_evaluator"),
        ]


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
