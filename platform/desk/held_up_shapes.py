"""The shapes of what is held up: payloads in quarantine, messages in doubt."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.models import Message as Said
from conversations.outcomes import DECISIONS
from conversations.quarantine import NOTE_MAX
from desk.shapes import ClientMark


class Decision(s.Serializer[Any]):
    decision = s.ChoiceField(choices=DECISIONS)
    client_key = s.CharField(max_length=64)


class HeldUpCounts(s.Serializer[Any]):
    client = ClientMark()
    quarantined = s.IntegerField(help_text="Payloads that failed five times.")
    waiting = s.IntegerField(help_text="Payloads not taken in though their time has come.")
    to_send = s.IntegerField(help_text="Messages not sent though their time has come.")
    unknown = s.IntegerField(help_text="Messages of which nobody knows whether they arrived.")
    failed = s.IntegerField(help_text="Messages not delivered, with nothing that left after them.")


class Swept(s.Serializer[Any]):
    """What sweeps found today (UTC) that a doorbell had missed."""

    receipts = s.IntegerField()
    sends = s.IntegerField()
    silent = s.IntegerField()


class HeldUp(s.Serializer[Any]):
    clients = HeldUpCounts(many=True)
    total = s.IntegerField(help_text="What waits for a person: quarantined, unknown and failed.")
    swept = Swept(allow_null=True)


class Quarantined(s.Serializer[Any]):
    id = s.UUIDField()
    carrier = s.CharField()
    line = s.CharField()
    received_at = s.DateTimeField()
    attempts = s.IntegerField()
    failure = s.CharField()
    size = s.IntegerField()


class OpenedQuarantined(Quarantined):
    error = s.CharField()
    sha256 = s.CharField()


class InDoubt(s.Serializer[Any]):
    id = s.UUIDField()
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    author = s.ChoiceField(choices=Said.Author.choices)
    delivery = s.ChoiceField(choices=Said.Delivery.choices)
    created_at = s.DateTimeField()
    attempts = s.IntegerField()


class HeldUpAtClient(s.Serializer[Any]):
    quarantined = Quarantined(many=True)
    in_doubt = InDoubt(many=True)


class SettingAside(s.Serializer[Any]):
    reason = s.CharField(max_length=NOTE_MAX)
