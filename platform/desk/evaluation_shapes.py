"""The shapes of quality: scorecards and evaluations."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from desk.shapes import ClientMark, PersonName


@extend_schema_field(
    {"oneOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string", "enum": ["na"]}]},
)
class AnswerField(s.JSONField):
    """true/false for yes/no, 0 to its max for a scale, "na" where it does not apply; judged by the scorecard."""


class ScorecardQuestion(s.Serializer[Any]):
    code = s.CharField()
    text = s.DictField(child=s.CharField(), help_text="Language → text.")
    kind = s.ChoiceField(choices=["yes_no", "scale"])
    max = s.IntegerField(required=False, help_text="Of a scale.")
    weight = s.IntegerField()
    na_allowed = s.BooleanField(required=False)
    critical = s.BooleanField(required=False)
    fatal = s.BooleanField(required=False)


class ScorecardSection(s.Serializer[Any]):
    code = s.CharField()
    title = s.DictField(child=s.CharField(), help_text="Language → text.")
    questions = ScorecardQuestion(many=True)


class ScorecardDefinition(s.Serializer[Any]):
    sections = ScorecardSection(many=True)


class Scorecard(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    version = s.IntegerField()
    definition = ScorecardDefinition()


class NewEvaluation(s.Serializer[Any]):
    work_item = s.UUIDField()
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer.")
    comments = s.DictField(child=s.CharField(allow_blank=True, max_length=2000), required=False, default=dict)
    summary = s.CharField(max_length=4000, required=False, allow_blank=True, default="")


class EvaluationHead(s.Serializer[Any]):
    id = s.UUIDField()
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    work_item = s.UUIDField()
    agent = PersonName()
    evaluator = PersonName()
    percent = s.FloatField()
    fatal = s.BooleanField()
    made_at = s.DateTimeField()
    read_at = s.DateTimeField(allow_null=True)


class SectionScore(s.Serializer[Any]):
    code = s.CharField()
    title = s.DictField(child=s.CharField(), help_text="Language → text.")
    percent = s.FloatField(allow_null=True, help_text="null where no question applied.")


class Evaluation(EvaluationHead):
    scorecard = Scorecard()
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer.")
    comments = s.DictField(child=s.CharField())
    summary = s.CharField()
    failed_critical = s.ListField(child=s.CharField())
    sections = SectionScore(many=True)


class EvaluationPage(s.Serializer[Any]):
    results = EvaluationHead(many=True)
    next = s.IntegerField(allow_null=True)
