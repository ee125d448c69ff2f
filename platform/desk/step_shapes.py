"""The shapes of steps that a client may repeat: their key makes the repeat the same step."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s


class TransferTo(s.Serializer[Any]):
    queue = s.UUIDField(required=False, allow_null=True, default=None)
    agent = s.UUIDField(required=False, allow_null=True, default=None)
    skill = s.CharField(max_length=40, required=False, allow_null=True, default=None)
    note = s.CharField(max_length=4000, required=False, allow_blank=True, default="")
    client_key = s.CharField(max_length=60, required=False, allow_blank=True, default="")


class PutOff(s.Serializer[Any]):
    until = s.DateTimeField(help_text="When the work waits again, within 30 days.")
    note = s.CharField(max_length=4000, required=False, allow_blank=True, default="")
    client_key = s.CharField(max_length=60, required=False, allow_blank=True, default="")


class NoReplyNeeded(s.Serializer[Any]):
    client_key = s.CharField(max_length=60)


class Closing(s.Serializer[Any]):
    contact_reason = s.CharField(allow_blank=True, max_length=40)
    note = s.CharField(allow_blank=True, required=False, default="")
    client_key = s.CharField(max_length=60, allow_blank=True, required=False, default="")
