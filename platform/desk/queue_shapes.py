"""The shapes of a client's queues."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s


class QueueChoice(s.Serializer[Any]):
    code = s.SlugField(max_length=40)
    keeps_hours = s.BooleanField(help_text="Offer work in the contract's hours only; chats out of hours are as mail.")
    preferred_seconds = s.IntegerField(
        min_value=0, max_value=3600, help_text="How long work waits for a busy preferred agent."
    )
    offer_seconds = s.IntegerField(min_value=5, max_value=600)
    long_wait_seconds = s.IntegerField(min_value=30, max_value=14_400, help_text="From then on, a call or a mail.")


class Opening(s.Serializer[Any]):
    opens = s.DateTimeField()
    closes = s.DateTimeField()


class QueueSettings(QueueChoice):
    name = s.CharField()
    channel_group = s.ChoiceField(choices=["chat", "mail"])
    is_open = s.BooleanField(help_text="Now.")
    has_hours = s.BooleanField(help_text="Whether the contract promises hours for it.")
    openings = Opening(many=True, help_text="The next ones, of the contract.")


class ShopQueues(s.Serializer[Any]):
    time_zone = s.CharField()
    queues = QueueSettings(many=True)
