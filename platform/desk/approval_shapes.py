"""The shapes of what the client is asked, at the desk, in the portal and behind a letter's link."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.approval_models import Approval as Asked
from conversations.approving import COMMENT_MAX
from conversations.asking import AMOUNT_MAX, ASKED_MAX, NOTE_MAX, OPTION_MAX, OPTIONS_MAX


class Approval(s.Serializer[Any]):
    """``answer`` and what follows it is empty while it is open."""

    id = s.UUIDField()
    conversation = s.UUIDField()
    case_number = s.CharField()
    kind = s.ChoiceField(choices=Asked.Kind.choices)
    asked = s.CharField()
    note = s.CharField()
    amount = s.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = s.CharField()
    options = s.ListField(child=s.CharField())
    alias = s.CharField(help_text="Who asks, under the name the shop knows.")
    asked_at = s.DateTimeField()
    due_at = s.DateTimeField(allow_null=True, help_text="Null where no contract names a time.")
    is_late = s.BooleanField(help_text="Past its time: not answered yet, or answered after it.")
    state = s.ChoiceField(choices=Asked.State.choices)
    answer = s.ChoiceField(choices=Asked.Answer.choices, allow_blank=True)
    option = s.CharField()
    comment = s.CharField()
    answered_by = s.CharField()
    answered_via = s.ChoiceField(choices=Asked.Via.choices, allow_blank=True)
    ended_at = s.DateTimeField(allow_null=True)
    withdrawn_as = s.CharField(help_text="agent, closed or handed_on.")


class LetterCounts(s.Serializer[Any]):
    sent = s.IntegerField()
    waiting = s.IntegerField()
    failed = s.IntegerField(help_text="Not sent, or nobody knows; the portal asks besides.")


class DeskApproval(Approval):
    letters = LetterCounts()


class PortalApproval(Approval):
    customer_name = s.CharField()
    subject = s.CharField()
    order_number = s.CharField()
    channel = s.CharField()
    status = s.CharField()


class ApprovalsWaiting(s.Serializer[Any]):
    open = s.IntegerField()
    overdue = s.IntegerField()


class ClientTaken(s.Serializer[Any]):
    """The client's own attainment, of what it was asked in the running month."""

    month = s.CharField()
    asked = s.IntegerField()
    in_time = s.IntegerField()
    late = s.IntegerField()
    running = s.IntegerField()
    overdue = s.IntegerField()
    withdrawn = s.IntegerField()
    share = s.FloatField(allow_null=True, help_text="Answered in time, of what was answered or is overdue.")
    average_seconds = s.FloatField(
        allow_null=True, help_text="From the question to the answer, by the clock on the wall."
    )


class PortalApprovals(s.Serializer[Any]):
    results = Approval(many=True)
    next = s.IntegerField(allow_null=True)
    open = s.IntegerField()
    overdue = s.IntegerField()
    done = s.IntegerField()
    taken = ClientTaken()


class NewApproval(s.Serializer[Any]):
    kind = s.ChoiceField(choices=Asked.Kind.choices)
    asked = s.CharField(max_length=ASKED_MAX)
    note = s.CharField(max_length=NOTE_MAX, required=False, allow_blank=True, default="")
    amount = s.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=0,
        max_value=AMOUNT_MAX,
        required=False,
        allow_null=True,
        default=None,
    )
    options = s.ListField(
        child=s.CharField(max_length=OPTION_MAX), max_length=OPTIONS_MAX, required=False, default=list
    )
    client_key = s.CharField(max_length=60)


class GivenAnswer(s.Serializer[Any]):
    answer = s.ChoiceField(choices=Asked.Answer.choices)
    option = s.CharField(max_length=OPTION_MAX, required=False, allow_blank=True, default="")
    comment = s.CharField(max_length=COMMENT_MAX, required=False, allow_blank=True, default="")


class LinkToken(s.Serializer[Any]):
    token = s.CharField(max_length=300)


class AnswerByLink(GivenAnswer):
    token = s.CharField(max_length=300)


class LinkedApproval(Approval):
    reader = s.CharField(help_text="In whose name the link answers.")
    time_zone = s.CharField(help_text="The shop's.")
