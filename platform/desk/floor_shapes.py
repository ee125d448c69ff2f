"""The shapes of the floor: queues, agents, what waits, what is at risk."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.at_risk import FORECAST
from desk.shapes import ClientMark, PersonName, QueueName, SpokenLanguage
from routing.models import AgentState
from sla_contracts.clock_timers import EVENTS


class ServiceLevel(s.Serializer[Any]):
    met = s.IntegerField()
    counted = s.IntegerField()
    share = s.FloatField(allow_null=True)
    goal = s.FloatField(allow_null=True, help_text="Of the contract in force; null where it has no such clause.")


class LastHour(s.Serializer[Any]):
    arrived = s.IntegerField()
    finished = s.IntegerField()
    abandoned = s.IntegerField()


class FloorQueue(s.Serializer[Any]):
    queue = QueueName()
    tenant = ClientMark()
    waiting = s.IntegerField()
    longest_wait_seconds = s.IntegerField()
    offered = s.IntegerField()
    active = s.IntegerField()
    service_level = ServiceLevel()
    at_risk = s.IntegerField()
    last_hour = LastHour()


class FloorAgent(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    status = s.ChoiceField(choices=AgentState.Status.choices)
    reason = s.CharField()
    reason_name = s.CharField()
    set_by = PersonName(allow_null=True)
    since = s.DateTimeField()
    load = s.IntegerField()
    capacity = s.IntegerField()
    languages = SpokenLanguage(many=True)
    clients = s.ListField(child=s.CharField())
    active = s.IntegerField()
    last_heartbeat = s.DateTimeField(allow_null=True)


class FloorWaiting(s.Serializer[Any]):
    work = s.UUIDField()
    conversation = s.UUIDField()
    tenant = ClientMark()
    channel = s.CharField()
    language = s.CharField()
    waited_seconds = s.IntegerField()
    due_at = s.DateTimeField(allow_null=True)
    able_agents = s.IntegerField()


class FloorRisk(s.Serializer[Any]):
    """A conversation with a promise that is at risk, nearly over, or broken and still owed.

    ``forecast``: it waits, and as the queue moves now its answer comes after ``due_at``.
    """

    conversation = s.UUIDField()
    tenant = ClientMark()
    channel = s.CharField()
    channel_group = s.CharField()
    metric = s.CharField()
    event = s.ChoiceField(choices=(FORECAST, *EVENTS[1:]))
    due_at = s.DateTimeField(allow_null=True)
    expected_at = s.DateTimeField(allow_null=True, help_text="When the queue gets to it, with event forecast.")
    agent = s.CharField(help_text="Who has it in hand; empty: nobody.")


class Floor(s.Serializer[Any]):
    at = s.DateTimeField()
    dispatcher_alive = s.BooleanField(help_text="False if nothing gives work out at present.")
    queues = FloorQueue(many=True)
    agents = FloorAgent(many=True)
    waiting = FloorWaiting(many=True)
    risks = FloorRisk(many=True, help_text="Broken ones first, then by what is due next.")


class NoReplyRate(s.Serializer[Any]):
    tenant = ClientMark()
    agent = s.CharField()
    marked = s.IntegerField(help_text="Next answers said not to be needed.")
    answered = s.IntegerField(help_text="Next answers given.")
    share = s.FloatField(help_text="marked ÷ (marked + answered).")


class NoReplyRates(s.Serializer[Any]):
    """The last thirty days."""

    rates = NoReplyRate(many=True)


class AskedClient(s.Serializer[Any]):
    """What a client is asked now, for the floor: its own clock runs."""

    tenant = ClientMark()
    conversation = s.UUIDField()
    channel = s.CharField()
    asked_at = s.DateTimeField()
    due_at = s.DateTimeField(allow_null=True)
    is_overdue = s.BooleanField()
    agent = s.CharField()


class AskedClients(s.Serializer[Any]):
    rows = AskedClient(many=True)
