"""The shapes of scorecards and their versions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s


@extend_schema_field(
    {"oneOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string"}]},
)
class AnswerField(s.JSONField):
    """true/false for yes/no, 0 to its max for a scale, an option's code for a choice, a number, or "na" where it does
    not apply; judged by the scorecard."""


class QuestionOption(s.Serializer[Any]):
    code = s.CharField()
    text = s.DictField(child=s.CharField(allow_blank=True), help_text="Language → text.")
    points = s.IntegerField()


class QuestionCondition(s.Serializer[Any]):
    question = s.CharField(allow_blank=True)
    locals()["is"] = s.ListField(child=AnswerField())


class ScorecardQuestion(s.Serializer[Any]):
    code = s.CharField()
    text = s.DictField(child=s.CharField(allow_blank=True), help_text="Language → text.")
    kind = s.ChoiceField(choices=["yes_no", "scale", "choice", "number"])
    max = s.IntegerField(required=False, help_text="Of a scale.")
    weight = s.IntegerField()
    na_allowed = s.BooleanField(required=False)
    critical = s.BooleanField(required=False)
    fatal = s.BooleanField(required=False)
    comment = s.ChoiceField(choices=["", "failed", "always"], required=False, help_text="When a comment is needed.")
    guidance = s.DictField(
        child=s.DictField(child=s.CharField(allow_blank=True)),
        required=False,
        help_text='Answer ("" for the question itself) → language → text.',
    )
    channels = s.ListField(child=s.CharField(), required=False, help_text="Asked in these; empty: in all.")
    only_if = QuestionCondition(required=False, allow_null=True)
    options = QuestionOption(many=True, required=False, help_text="Of a choice.")
    none_at = s.FloatField(required=False, help_text="Of a number: where it earns nothing.")
    full_at = s.FloatField(required=False, help_text="Of a number: where it earns all.")


class ScorecardSection(s.Serializer[Any]):
    code = s.CharField()
    title = s.DictField(child=s.CharField(allow_blank=True), help_text="Language → text.")
    questions = ScorecardQuestion(many=True)


class ScorecardDefinition(s.Serializer[Any]):
    channels = s.ListField(child=s.CharField(), required=False, help_text="Used in these; empty: in all.")
    sections = ScorecardSection(many=True)


class Scorecard(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    version = s.IntegerField()
    definition = ScorecardDefinition()


class ScorecardHead(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    version = s.IntegerField()
    is_draft = s.BooleanField()
    revision = s.IntegerField()
    valid_from = s.DateTimeField()
    channels = s.ListField(child=s.CharField())
    questions = s.IntegerField()
    used = s.IntegerField(help_text="Evaluations made on it.")


class ScorecardVersion(ScorecardHead):
    in_force = s.BooleanField()


class NamedScorecard(s.Serializer[Any]):
    name = s.CharField()
    versions = ScorecardVersion(many=True)


class Scorecards(s.Serializer[Any]):
    results = NamedScorecard(many=True)


class DefinitionFault(s.Serializer[Any]):
    field = s.CharField(help_text="A path such as sections[0].questions[1].weight.")
    reason = s.CharField()


class DefinitionChange(s.Serializer[Any]):
    what = s.ChoiceField(
        choices=[
            "question_added",
            "question_removed",
            "question_changed",
            "section_added",
            "section_removed",
            "reordered",
            "channels",
        ]
    )
    code = s.CharField()
    fields = s.ListField(child=s.CharField())  # type: ignore[assignment]


class ScorecardInFull(ScorecardHead):
    definition = ScorecardDefinition()
    fault = DefinitionFault(allow_null=True, help_text="Why it could not be published.")
    changes = DefinitionChange(many=True, help_text="What a draft would change.")


class NewDraft(s.Serializer[Any]):
    name = s.CharField(max_length=80)
    copy_of = s.UUIDField(required=False, allow_null=True, default=None)


@extend_schema_field(ScorecardDefinition)
class DefinitionField(s.JSONField):
    """A definition, whole or not yet."""


class SavedDraft(s.Serializer[Any]):
    definition = DefinitionField()
    revision = s.IntegerField(min_value=0, help_text="The one that was opened.")


class PublishedDraft(s.Serializer[Any]):
    revision = s.IntegerField(min_value=0, help_text="The one that was looked at.")
