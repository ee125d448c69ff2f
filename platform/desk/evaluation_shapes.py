"""The shapes of evaluations: the form, the draft, the filled form, and its disputes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.scorecard_shapes import AnswerField, Scorecard
from desk.shapes import ClientMark, PersonName


class Pin(s.Serializer[Any]):
    question = s.CharField(allow_blank=True, help_text="Empty: about the whole.")
    message = s.UUIDField()
    quote = s.CharField(allow_blank=True, max_length=500)
    at = s.DateTimeField(required=False, help_text="When that was said.")


class _Filled(s.Serializer[Any]):
    scorecard = s.UUIDField(required=False, allow_null=True, default=None, help_text="The version it was begun on.")
    comments = s.DictField(child=s.CharField(allow_blank=True, max_length=2000), required=False, default=dict)
    summary = s.CharField(max_length=4000, required=False, allow_blank=True, default="")
    coaching = s.CharField(
        max_length=4000, required=False, allow_blank=True, default="", help_text="For the agent alone."
    )
    pins = Pin(many=True, required=False)
    release_on = s.DateTimeField(required=False, allow_null=True, default=None, help_text="At once if left out.")
    seconds = s.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=86_400)


class NewEvaluation(_Filled):
    work_item = s.UUIDField()
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer.")


class KeptForm(_Filled):
    scorecard = s.UUIDField(help_text="The version it was begun on.")
    seconds = s.IntegerField(min_value=0, max_value=86_400, help_text="Worked on it so far.")
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer, of those answered so far.")


class TimelineEntry(s.Serializer[Any]):
    """One line of the conversation's clock ledger."""

    at = s.DateTimeField()
    metric = s.CharField()
    kind = s.CharField(help_text="started, paused, resumed, met, breached, …")
    reason = s.CharField(allow_blank=True)


class EvaluationForm(s.Serializer[Any]):
    """A form to fill, as it was left."""

    scorecard = Scorecard()
    channel = s.CharField(help_text="Of the conversation: some questions are asked in some channels only.")
    form = KeptForm()
    is_kept = s.BooleanField(help_text="Whether a draft is kept.")
    saved_at = s.DateTimeField(allow_null=True)
    is_evaluated = s.BooleanField(help_text="This evaluator has handed it in already.")
    origin = s.ChoiceField(choices=["manual", "sample", "rule"], help_text="What the evaluation will count as.")
    timeline = TimelineEntry(many=True)


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
    origin = s.ChoiceField(choices=["manual", "sample", "rule"])
    picked_by = s.CharField(help_text="Of origin rule: which.")
    released_at = s.DateTimeField(allow_null=True)
    release_on = s.DateTimeField(allow_null=True)
    acknowledged_at = s.DateTimeField(allow_null=True)
    dispute_state = s.CharField(help_text="open, accepted, rejected; empty without one.")


class SectionScore(s.Serializer[Any]):
    code = s.CharField()
    title = s.DictField(child=s.CharField(), help_text="Language → text.")
    percent = s.FloatField(allow_null=True, help_text="null where no question applied.")


class Standing(s.Serializer[Any]):
    answers = s.DictField(child=AnswerField())
    percent = s.FloatField()
    fatal = s.BooleanField()


class DisputeVerdict(s.Serializer[Any]):
    accepted = s.BooleanField()
    answer = AnswerField(allow_null=True, required=False, default=None, help_text="The new one, of what is accepted.")
    reason = s.CharField(allow_blank=True, max_length=1000, required=False, default="")


class EvaluationDispute(s.Serializer[Any]):
    id = s.UUIDField()
    side = s.ChoiceField(choices=["agent", "client"])
    reasons = s.DictField(child=s.CharField(allow_blank=True), help_text="Question code → why.")
    raised_by = s.CharField()
    raised_at = s.DateTimeField()
    state = s.ChoiceField(choices=["open", "accepted", "rejected"])
    decided_by = s.CharField(help_text="Empty while it is open.")
    decided_at = s.DateTimeField(allow_null=True)
    verdicts = s.DictField(child=DisputeVerdict(), help_text="Question code → verdict.")
    before = Standing(allow_null=True)
    after = Standing(allow_null=True)


class Evaluation(EvaluationHead):
    scorecard = Scorecard()
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer.")
    comments = s.DictField(child=s.CharField())
    summary = s.CharField()
    coaching = s.CharField()
    pins = Pin(many=True)
    seconds = s.IntegerField(allow_null=True, help_text="How long the evaluator worked on it.")
    failed_critical = s.ListField(child=s.CharField())
    sections = SectionScore(many=True)
    dispute_until = s.DateTimeField(allow_null=True)
    disputes = EvaluationDispute(many=True)


class EvaluationPage(s.Serializer[Any]):
    results = EvaluationHead(many=True)
    next = s.IntegerField(allow_null=True)


class NewEvaluationDispute(s.Serializer[Any]):
    reasons = s.DictField(child=s.CharField(max_length=1000), help_text="Question code → why its answer is disputed.")


class DisputeDecision(s.Serializer[Any]):
    verdicts = s.DictField(child=DisputeVerdict(), help_text="Question code → verdict.")


class OpenDispute(s.Serializer[Any]):
    """An open dispute, with the evaluation it is about."""

    id = s.UUIDField()
    side = s.ChoiceField(choices=["agent", "client"])
    raised_at = s.DateTimeField()
    questions = s.IntegerField()
    may_decide = s.BooleanField(help_text="Not whoever evaluated, nor the agent.")
    evaluation = EvaluationHead()


class OpenDisputes(s.Serializer[Any]):
    results = OpenDispute(many=True)


class QualityTerms(s.Serializer[Any]):
    dispute_days = s.IntegerField(min_value=1, max_value=60, help_text="Working days after the release.")
    disputes_a_month = s.IntegerField(min_value=0, max_value=100, help_text="Of one agent; 0: no limit.")


class ClientEvaluationHead(s.Serializer[Any]):
    id = s.UUIDField()
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    agent_alias = s.CharField()
    percent = s.FloatField()
    fatal = s.BooleanField()
    origin = s.ChoiceField(choices=["manual", "sample", "rule"])
    released_at = s.DateTimeField()
    dispute_state = s.CharField(help_text="open, accepted, rejected; empty without one.")


class ClientEvaluation(ClientEvaluationHead):
    scorecard = Scorecard()
    sections = SectionScore(many=True)
    answers = s.DictField(child=AnswerField(), help_text="Question code → answer.")
    comments = s.DictField(child=s.CharField())
    pins = Pin(many=True)
    dispute_until = s.DateTimeField(allow_null=True)
    disputes = EvaluationDispute(many=True)


class ClientEvaluations(s.Serializer[Any]):
    results = ClientEvaluationHead(many=True)
    next = s.IntegerField(allow_null=True)
