"""The shapes of disputes over promises, as the portal and the desk speak of them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.portal_shapes import ClockArithmetic, LedgerEvent
from desk.shapes import ClientMark
from quality.disputing import WORDS_MAX
from quality.models import DisputeWord
from sla_contracts.models import Dispute as Row

OUTCOMES = ("met", "breached", "running", "excluded")


class DisputeSaid(s.Serializer[Any]):
    side = s.ChoiceField(choices=DisputeWord.Side.choices)
    text = s.CharField(help_text="Empty once the customer it spoke of was erased.")
    at = s.DateTimeField()


class DisputeHead(s.Serializer[Any]):
    id = s.UUIDField()
    client = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    clock = s.UUIDField()
    clause = s.CharField()
    clause_title = s.CharField()
    version = s.IntegerField()
    month = s.CharField()
    outcome = s.ChoiceField(choices=OUTCOMES, help_text="As it was judged when it was disputed.")
    outcome_reason = s.CharField()
    claim = s.ChoiceField(choices=Row.Claim.choices)
    state = s.ChoiceField(choices=("open", "accepted", "rejected"))
    is_overdue = s.BooleanField()
    raised_at = s.DateTimeField()
    raised_by = s.CharField()
    answer_by = s.DateTimeField()
    answered_at = s.DateTimeField(allow_null=True)
    answered_by = s.CharField(help_text="Empty for the client.")
    effect = s.ChoiceField(choices=("", "month", "credit"), help_text="What an accepted one does to the figures.")


class Dispute(DisputeHead):
    words = DisputeSaid(many=True)


class DisputeAtDesk(Dispute):
    """With the ledger that it is about."""

    month_runs = s.BooleanField(help_text="Whether an answer now would still count in the month itself.")
    events = LedgerEvent(many=True)
    arithmetic = ClockArithmetic()


class DisputeCounts(s.Serializer[Any]):
    open = s.IntegerField()
    overdue = s.IntegerField(help_text="Among the open.")
    accepted = s.IntegerField()
    rejected = s.IntegerField()


class DisputesAtClient(s.Serializer[Any]):
    client = ClientMark()
    open = s.IntegerField()


class Disputes(s.Serializer[Any]):
    counts = DisputeCounts()
    results = DisputeHead(many=True)
    next = s.IntegerField(allow_null=True)


class DisputesOfAll(Disputes):
    clients = DisputesAtClient(many=True)


class NewDispute(s.Serializer[Any]):
    clause = s.CharField(max_length=200)
    claim = s.ChoiceField(choices=Row.Claim.choices)
    reason = s.CharField(max_length=WORDS_MAX)


class DisputeAnswering(s.Serializer[Any]):
    accept = s.BooleanField()
    reason = s.CharField(max_length=WORDS_MAX)


class ClauseVerdict(s.Serializer[Any]):
    """How one clause judges the item now, and what may be disputed of it until when."""

    code = s.CharField()
    title = s.CharField()
    goal = s.FloatField()
    outcome = s.ChoiceField(choices=OUTCOMES)
    reason = s.CharField(help_text="Why it was left out.")
    claims = s.ListField(child=s.ChoiceField(choices=Row.Claim.choices))
    until = s.DateTimeField(allow_null=True, help_text="None while no report of the whole month was issued.")
    is_open = s.BooleanField(help_text="Whether a manager may dispute it now.")
    dispute = Dispute(allow_null=True)


class ExplainedClock(ClockArithmetic):
    version_id = s.UUIDField()
    verdicts = ClauseVerdict(many=True)
