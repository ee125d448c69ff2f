"""Which work is to be evaluated: plans, draws and picks, in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from conversations.models import Conversation
from kernel.ids import new_id


class SamplingPlan(models.Model):
    """So many evaluations of each agent a month, drawn at random by channel and language; and rules that pick more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    per_agent = models.PositiveSmallIntegerField(help_text="Random picks of one agent a month.")
    channels = models.JSONField(default=list, help_text="Empty: all.")
    languages = models.JSONField(default=list, help_text="Empty: all.")
    rules = models.JSONField(default=list, help_text="[{rule, per_agent}]: what else is picked, and how often a month.")
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )


class SampleDraw(models.Model):
    """One random draw, with all that repeats it: ``sampling.draw(seed, candidates, wanted)``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(SamplingPlan, on_delete=models.CASCADE, related_name="draws")
    month = models.CharField(max_length=7, help_text="YYYY-MM, of the shop's calendar.")
    seed = models.CharField(max_length=64)
    wanted = models.JSONField(help_text="Agent → how many were to be drawn.")
    candidates = models.JSONField(help_text="[[work item, agent, stratum]] it was drawn from.")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["drawn_at"]


class SamplePick(models.Model):
    """A piece of work to be evaluated, and why: drawn at random, or picked by a rule; never both in one row."""

    class Origin(models.TextChoices):
        SAMPLE = "sample"
        RULE = "rule"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(SamplingPlan, on_delete=models.CASCADE, related_name="picks")
    draw = models.ForeignKey(SampleDraw, null=True, on_delete=models.CASCADE, related_name="picks")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    rule = models.CharField(max_length=40, blank=True, default="")
    month = models.CharField(max_length=7)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    work_item = models.UUIDField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    language = models.CharField(max_length=8)
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    evaluation = models.ForeignKey("quality.Evaluation", null=True, on_delete=models.SET_NULL, related_name="+")
    picked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "work_item", "origin"], name="one_pick_a_plan_and_origin"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["evaluator"], condition=Q(state="open"), name="pick_to_evaluate"),
        ]
