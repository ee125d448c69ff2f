"""The shapes of what is found again: finished work, and conversations searched for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.models import Conversation as Talk
from conversations.models import Message as Said
from desk.shapes import ClientMark, ClockShape, PersonName


class EvaluationMark(s.Serializer[Any]):
    id = s.UUIDField()
    percent = s.FloatField()


class FinishedWork(s.Serializer[Any]):
    work = s.UUIDField()
    conversation = s.UUIDField()
    tenant = ClientMark()
    case_number = s.CharField()
    agent = PersonName(allow_null=True)
    channel = s.CharField()
    language = s.CharField()
    finished_at = s.DateTimeField()
    contact_reason = s.CharField()
    contact_reason_label = s.CharField(help_text="In the reader's language.")
    handle_seconds = s.IntegerField()
    clocks = ClockShape(many=True)
    evaluation = EvaluationMark(allow_null=True)


class FinishedPage(s.Serializer[Any]):
    results = FinishedWork(many=True)
    next = s.CharField(allow_null=True)


class ExcerptPart(s.Serializer[Any]):
    text = s.CharField()
    hit = s.BooleanField(help_text="What was searched for.")


class Found(s.Serializer[Any]):
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    customer_name = s.CharField()
    subject = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    channel = s.CharField()
    language = s.CharField()
    contact_reason = s.CharField()
    opened_at = s.DateTimeField()
    last_message_at = s.DateTimeField()
    seq = s.IntegerField(allow_null=True, help_text="The latest message that holds the words.")
    direction = s.ChoiceField(choices=Said.Direction.choices, allow_null=True)
    excerpt = ExcerptPart(many=True)


class SearchResults(s.Serializer[Any]):
    results = Found(many=True)
    left_out = s.IntegerField(help_text="Clients that were not looked through; client: or a case number names one.")
    more = s.BooleanField(help_text="There are others; say more to narrow them down.")


class SavedView(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    query = s.CharField()
    mine = s.BooleanField()
    shared_with = ClientMark(allow_null=True, help_text="Everybody who serves this client; null: nobody.")
    count = s.IntegerField(allow_null=True, help_text="Null where counting would not be cheap.")
    is_more = s.BooleanField(help_text="There are more than were counted.")


class SavedViews(s.Serializer[Any]):
    views = SavedView(many=True)


class NewView(s.Serializer[Any]):
    name = s.CharField(max_length=60)
    query = s.CharField(max_length=200, help_text="Operators alone.")
    tenant = s.UUIDField(required=False, allow_null=True, default=None, help_text="Share it with who serves this one.")
