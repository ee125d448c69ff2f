"""The shapes of planning: weeks, questions, and what came of them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark
from routing.models import WhatIf


class PlannedPerson(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()


class PlannedSkill(s.Serializer[Any]):
    code = s.CharField(help_text="lang:it, or a skill's code.")
    level = s.IntegerField()


class Figure(s.Serializer[Any]):
    """low to high: the 95 % interval over the replications."""

    mean = s.FloatField()
    sd = s.FloatField()
    low = s.FloatField()
    high = s.FloatField()


class Figures(s.Serializer[Any]):
    """Shares from 0 to 1, waits in seconds until an agent takes it, penalties in the currency for a month like this."""

    offered = Figure()
    service_level = Figure()
    wait = Figure()
    wait_p99 = Figure()
    abandoned = Figure()
    penalty = Figure()
    occupancy = Figure(allow_null=True, required=False)


class PlainFigures(s.Serializer[Any]):
    """As ``Figures``, of what happened once."""

    offered = s.FloatField()
    service_level = s.FloatField()
    wait = s.FloatField()
    wait_p99 = s.FloatField()
    abandoned = s.FloatField()
    penalty = s.FloatField()
    occupancy = s.FloatField(allow_null=True)


class PlanWeek(s.Serializer[Any]):
    start = s.DateTimeField()
    end = s.DateTimeField()
    zone = s.CharField()


class WeekCount(s.Serializer[Any]):
    day = s.DateField(help_text="Its Monday.")
    start = s.DateTimeField()
    end = s.DateTimeField()
    conversations = s.IntegerField()
    abandoned = s.IntegerField()
    too_large = s.BooleanField()


class WhatIfQuestion(s.Serializer[Any]):
    policy = s.CharField()
    volume = s.FloatField()
    heads = s.DictField(child=s.IntegerField())


class WhatIfHead(s.Serializer[Any]):
    id = s.UUIDField()
    kind = s.ChoiceField(choices=WhatIf.Kind.choices)
    state = s.ChoiceField(choices=WhatIf.State.choices)
    made_at = s.DateTimeField()
    made_by = s.CharField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    week = PlanWeek()
    clients = ClientMark(many=True)
    question = WhatIfQuestion()
    replications = s.IntegerField()
    plays_done = s.IntegerField()
    plays_total = s.IntegerField()
    before = Figures(allow_null=True)
    after = Figures(allow_null=True)


class Planning(s.Serializer[Any]):
    weeks = WeekCount(many=True)
    what_ifs = WhatIfHead(many=True)
    policy = s.CharField(help_text="By which the floor decides now.")
    policies = s.ListField(child=s.CharField())


class ClientInWeek(s.Serializer[Any]):
    client = ClientMark()
    conversations = s.IntegerField()
    abandoned = s.IntegerField()


class PlanGroup(s.Serializer[Any]):
    """Agents who can do the same. peak: the most who were there at once; hours: of all of them together."""

    key = s.CharField()
    people = PlannedPerson(many=True)
    skills = PlannedSkill(many=True)
    clients = ClientMark(many=True)
    capacity = s.IntegerField()
    peak = s.IntegerField()
    hours = s.FloatField()


class PlayedGroup(PlanGroup):
    occupancy_before = Figure(allow_null=True)
    occupancy_after = Figure(allow_null=True)


class PlanWeekPage(s.Serializer[Any]):
    day = s.DateField()
    week = PlanWeek()
    clients = ClientInWeek(many=True)
    groups = PlanGroup(many=True)


class WhatIfAsked(s.Serializer[Any]):
    kind = s.ChoiceField(choices=WhatIf.Kind.choices, default=WhatIf.Kind.CHANGES)
    day = s.DateField(help_text="Any day of the week.")
    clients = s.ListField(child=s.UUIDField(), required=False, default=list, help_text="None: all that one serves.")
    policy = s.CharField(required=False, allow_null=True, default=None, help_text="None: the floor's.")
    volume = s.FloatField(required=False, default=1.0, min_value=0.0, max_value=100.0)
    heads = s.DictField(child=s.IntegerField(), required=False, default=dict, help_text="Group → more (or fewer).")


class Ledger(s.Serializer[Any]):
    judged = s.IntegerField()
    met = s.IntegerField()


class WhatIfLine(s.Serializer[Any]):
    client = ClientMark()
    channel_group = s.CharField()
    currency = s.CharField()
    goal = s.FloatField(allow_null=True)
    target = s.FloatField(allow_null=True, help_text="Seconds, by the contract's calendar.")
    ledger = Ledger(allow_null=True, help_text="First responses by the contract's clocks.")
    recorded = PlainFigures()
    before = Figures(allow_null=True)
    after = Figures(allow_null=True)
    difference = Figures(allow_null=True)


class HourLines(s.Serializer[Any]):
    """An entry for each hour of the week; null where nothing came."""

    offered = s.ListField(child=s.FloatField())
    service_level = s.ListField(child=s.FloatField(allow_null=True))
    wait = s.ListField(child=s.FloatField(allow_null=True))


class WhatIfHours(s.Serializer[Any]):
    recorded = HourLines()
    before = HourLines(allow_null=True)
    after = HourLines(allow_null=True)


class WhatIfResult(s.Serializer[Any]):
    before = Figures()
    after = Figures(allow_null=True)
    difference = Figures(allow_null=True, help_text="After less before, in pairs of the same crowd.")


class Training(s.Serializer[Any]):
    """One person of the group accredited for the client, or with the skill; figures are what that saves."""

    group = s.CharField()
    client = ClientMark(allow_null=True)
    skill = PlannedSkill(allow_null=True)
    penalty = Figure()
    wait = Figure()
    abandoned = Figure()
    service_level = Figure(help_text="What it rises by.")


class WhatIfPage(WhatIfHead):
    conversations = s.IntegerField()
    remarks = s.ListField(
        child=s.ChoiceField(choices=["open_work", "unknown_handling", "units_differ", "currencies_differ"])
    )
    policy = s.CharField(help_text="Of the week as it was.")
    groups = PlayedGroup(many=True)
    recorded = PlainFigures()
    result = WhatIfResult(allow_null=True)
    lines = WhatIfLine(many=True)
    hours = WhatIfHours()
    trainings = Training(many=True)
