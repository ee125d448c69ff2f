"""The shapes of presence: reasons, days, the time ledger, capacity."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark, PersonName
from routing.models import AgentState, StateReason

_STATUS = StateReason.Status.choices


class Reason(s.Serializer[Any]):
    code = s.CharField()
    status = s.ChoiceField(choices=_STATUS)
    name = s.CharField(help_text="In the reader's language, unless the BPO named it.")
    own_name = s.CharField(help_text="What the BPO called it; empty: the product's own word.")
    is_retired = s.BooleanField()


class NewReason(s.Serializer[Any]):
    status = s.ChoiceField(choices=_STATUS)
    name = s.CharField(max_length=40)


class ReasonChange(s.Serializer[Any]):
    code = s.CharField(max_length=40)
    name = s.CharField(max_length=40, required=False, allow_blank=True)
    is_retired = s.BooleanField(required=False)


class ReasonOrder(s.Serializer[Any]):
    status = s.ChoiceField(choices=_STATUS)
    codes = s.ListField(child=s.CharField(max_length=40), max_length=200)


class Span(s.Serializer[Any]):
    status = s.ChoiceField(choices=AgentState.Status.choices)
    reason = s.CharField()
    reason_name = s.CharField()
    set_by = PersonName(allow_null=True, help_text="The supervisor who set it; null: the agent, or the clock.")
    started_at = s.DateTimeField(help_text="Cut to the day.")
    ended_at = s.DateTimeField(help_text="Cut to the day, and to now.")
    is_open = s.BooleanField(help_text="It still is so.")
    micros = s.IntegerField(help_text="Microseconds.")


class StateTotal(s.Serializer[Any]):
    status = s.ChoiceField(choices=AgentState.Status.choices)
    reason = s.CharField()
    reason_name = s.CharField()
    micros = s.IntegerField()


class AgentDay(s.Serializer[Any]):
    agent = PersonName()
    presence = s.IntegerField(help_text="Microseconds in whatever state but offline.")
    spans = Span(many=True)
    totals = StateTotal(many=True)


class PresenceDay(s.Serializer[Any]):
    day = s.DateField()
    zone = s.CharField()
    starts_at = s.DateTimeField()
    ends_at = s.DateTimeField()
    agents = AgentDay(many=True)


class TimeShare(s.Serializer[Any]):
    kind = s.CharField(help_text="work, wrap_up, idle, busy, break, training, not_responding")
    reason = s.CharField()
    reason_name = s.CharField()
    micros = s.IntegerField()


class ClientTime(s.Serializer[Any]):
    client = ClientMark(allow_null=True, help_text="null: of clients that the reader does not serve.")
    work = s.IntegerField()
    wrap_up = s.IntegerField()


class AgentTime(s.Serializer[Any]):
    agent = PersonName()
    presence = s.IntegerField(help_text="Microseconds; the sum of the shares, always.")
    shares = TimeShare(many=True)
    clients = ClientTime(many=True)


class TimeSheet(s.Serializer[Any]):
    zone = s.CharField()
    starts_at = s.DateTimeField()
    ends_at = s.DateTimeField()
    agents = AgentTime(many=True)
    clients = ClientTime(many=True)


class ItemTime(s.Serializer[Any]):
    work = s.UUIDField()
    client = ClientMark()
    conversation = s.UUIDField()
    channel = s.CharField()
    worked = s.IntegerField()
    wrapped_up = s.IntegerField()


class AgentTimeParts(s.Serializer[Any]):
    zone = s.CharField()
    starts_at = s.DateTimeField()
    ends_at = s.DateTimeField()
    total = AgentTime()
    items = ItemTime(many=True)


class ChannelUnits(s.Serializer[Any]):
    channel = s.CharField(max_length=16)
    units = s.IntegerField(min_value=0, max_value=40, help_text="At once; 0 is closed.")


class Capacity(s.Serializer[Any]):
    capacity = s.IntegerField(min_value=0, max_value=40, help_text="Units at once over all channels.")
    channels = ChannelUnits(many=True)


class CapacityNow(Capacity):
    agent = PersonName()
    load = s.IntegerField()
