"""The shapes of sampling: plans, quotas, and what is to be evaluated next."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark, PersonName
from quality.rules import RULES


class PlanRule(s.Serializer[Any]):
    rule = s.ChoiceField(choices=list(RULES))
    per_agent = s.IntegerField(min_value=1, max_value=200, help_text="At most so many of one agent a month.")


class NewSamplingPlan(s.Serializer[Any]):
    name = s.CharField(max_length=80)
    per_agent = s.IntegerField(min_value=0, max_value=200, help_text="Random picks of one agent a month.")
    channels = s.ListField(child=s.CharField(max_length=20), max_length=20, help_text="Empty: all.")
    languages = s.ListField(child=s.CharField(max_length=8), max_length=40, help_text="Empty: all.")
    rules = PlanRule(many=True)
    is_active = s.BooleanField()


class Quota(s.Serializer[Any]):
    """One agent's random sample this month."""

    agent = PersonName()
    quota = s.IntegerField()
    done = s.IntegerField()
    open = s.IntegerField()
    finished = s.IntegerField(help_text="Work that could have been drawn.")
    forecast = s.IntegerField(help_text="Done by the end of the month, at this pace.")
    shortfall = s.IntegerField()
    reason = s.ChoiceField(choices=["", "work", "pace"], help_text="Why: too little work, or too slow.")


class RuleCount(s.Serializer[Any]):
    rule = s.CharField()
    open = s.IntegerField()
    done = s.IntegerField()


class EvaluatorLoad(s.Serializer[Any]):
    evaluator = PersonName()
    open = s.IntegerField()


class LastDraw(s.Serializer[Any]):
    at = s.DateTimeField()
    seed = s.CharField(help_text="With the kept candidates, draws the same again.")
    candidates = s.IntegerField()


class SamplingPlan(NewSamplingPlan):
    id = s.UUIDField()
    quotas = Quota(many=True)
    by_rule = RuleCount(many=True)
    by_evaluator = EvaluatorLoad(many=True)
    unassigned = s.IntegerField(help_text="No evaluator understands its language, or is not its agent.")
    last_draw = LastDraw(allow_null=True)


class Average(s.Serializer[Any]):
    count = s.IntegerField()
    percent = s.FloatField(allow_null=True)


class Averages(s.Serializer[Any]):
    """Never mixed: only the random sample stands for all work."""

    sample = Average()
    rule = Average()
    manual = Average()


class Sampling(s.Serializer[Any]):
    month = s.CharField()
    plans = SamplingPlan(many=True)
    averages = Averages()
    languages = s.ListField(child=s.CharField(), help_text="Of the client.")


class Drawn(s.Serializer[Any]):
    sample = s.IntegerField()
    rule = s.IntegerField()


class ToEvaluate(s.Serializer[Any]):
    id = s.UUIDField()
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    language = s.CharField()
    work_item = s.UUIDField()
    agent = PersonName()
    origin = s.ChoiceField(choices=["sample", "rule"])
    rule = s.CharField()
    plan = s.CharField()
    picked_at = s.DateTimeField()
    finished_at = s.DateTimeField(allow_null=True)


class ToEvaluateList(s.Serializer[Any]):
    results = ToEvaluate(many=True)
