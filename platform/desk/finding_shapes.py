"""The shapes of what is found again: finished work, and conversations searched for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.models import Conversation as Talk
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


class Found(s.Serializer[Any]):
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    customer_name = s.CharField()
    subject = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    opened_at = s.DateTimeField()


class SearchResults(s.Serializer[Any]):
    results = Found(many=True)
    left_out = s.IntegerField(help_text="Clients that were not looked through; a case number's first part names one.")
