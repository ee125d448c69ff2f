"""The shapes that the desk's API speaks, for the schema and the generated TypeScript client."""

from __future__ import annotations

from typing import Any, get_args

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers as s

from automation.guard import REASONS
from conversations.models import Conversation as Talk
from conversations.models import Message as Said
from conversations.promise_shapes import PromiseSerializer
from desk.approval_shapes import DeskApproval
from routing.able import Objection
from routing.models import AgentState, WorkItem
from sla_contracts.clock_timers import EVENTS
from sla_contracts.models import Clock


class ClientMark(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    mark = s.CharField()
    color = s.CharField()


class ClockShape(s.Serializer[Any]):
    id = s.UUIDField()
    metric = s.CharField()
    state = s.ChoiceField(choices=Clock.State.choices)
    target_seconds = s.IntegerField()
    elapsed_seconds = s.FloatField()
    remaining_seconds = s.FloatField()
    fraction = s.FloatField()
    at_risk = s.BooleanField()
    told = s.ChoiceField(choices=EVENTS, help_text="What was last warned of; empty: nothing.")
    counting = s.BooleanField(help_text="Its hours are open now, so that its time runs.")
    due_at = s.DateTimeField(allow_null=True)
    started_at = s.DateTimeField()
    running_since = s.DateTimeField(allow_null=True)
    paused_reason = s.CharField()
    breached_at = s.DateTimeField(allow_null=True)
    met_at = s.DateTimeField(allow_null=True)
    within_target = s.BooleanField(allow_null=True)
    clause = s.CharField()
    calendar = s.CharField()


class Work(s.Serializer[Any]):
    """One work item in somebody's hands, with what the list shows of its conversation."""

    id = s.UUIDField()
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    customer_name = s.CharField()
    channel = s.CharField()
    channel_group = s.CharField()
    language = s.CharField()
    subject = s.CharField()
    preview = s.CharField()
    unread = s.IntegerField()
    last_message_at = s.DateTimeField(allow_null=True)
    state = s.ChoiceField(choices=WorkItem.State.choices)
    status = s.ChoiceField(choices=Talk.Status.choices)
    priority = s.CharField()
    entered_at = s.DateTimeField()
    offered_at = s.DateTimeField(allow_null=True)
    offer_expires_at = s.DateTimeField(allow_null=True)
    accepted_at = s.DateTimeField(allow_null=True)
    wrap_up_ends_at = s.DateTimeField(allow_null=True)
    clocks = ClockShape(many=True)
    reason = s.DictField(help_text="Why it was offered to this agent.")


class PersonName(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()


class DeskState(s.Serializer[Any]):
    status = s.ChoiceField(choices=AgentState.Status.choices)
    reason = s.CharField()
    reason_name = s.CharField(help_text="In the reader's language, unless the BPO named it.")
    set_by = PersonName(allow_null=True, help_text="The supervisor who set it; null: the agent, or the clock.")
    since = s.DateTimeField()
    load = s.IntegerField()
    capacity = s.IntegerField()
    channels = s.ListField(child=s.CharField())


class Desk(s.Serializer[Any]):
    state = DeskState(allow_null=True, help_text="null before this person first sets a state.")
    offers = Work(many=True)
    active = Work(many=True)
    wrap_up = Work(many=True)
    done_today = s.IntegerField()
    evaluations_unread = s.IntegerField()
    waiting_for_me = s.IntegerField()


class Changes(s.Serializer[Any]):
    seq = s.IntegerField()
    changed = s.BooleanField()
    desk = Desk(allow_null=True)


class NextWork(s.Serializer[Any]):
    work = Work(allow_null=True)


class StateChoice(s.Serializer[Any]):
    status = s.CharField(max_length=16, help_text="available, busy, break, training or offline.")
    reason = s.CharField(max_length=40, required=False, allow_blank=True, default="")


class SwitchLimit(s.Serializer[Any]):
    switches_per_hour = s.IntegerField(min_value=0, max_value=1000, allow_null=True, help_text="Null: no limit.")


class DeclineReason(s.Serializer[Any]):
    reason = s.CharField(max_length=40, required=False, allow_blank=True, default="")


class QueueName(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    channel_group = s.CharField()


class SkillName(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()


class TransferTargets(s.Serializer[Any]):
    queues = QueueName(many=True)
    agents = PersonName(many=True)
    skills = SkillName(many=True)


class Done(s.Serializer[Any]):
    ok = s.BooleanField()


class SpokenLanguage(s.Serializer[Any]):
    code = s.CharField()
    level = s.IntegerField()


class AssignTo(s.Serializer[Any]):
    agent = s.UUIDField()


class AssignTarget(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    status = s.ChoiceField(choices=AgentState.Status.choices)
    load = s.IntegerField()
    capacity = s.IntegerField()
    languages = s.ListField(child=s.CharField())
    against = s.ListField(child=s.ChoiceField(choices=get_args(Objection)), help_text="Empty: they can take it.")


class AssignTargets(s.Serializer[Any]):
    agents = AssignTarget(many=True)


class Assigned(s.Serializer[Any]):
    work = s.UUIDField()
    state = s.ChoiceField(choices=WorkItem.State.choices)
    agent = s.UUIDField(allow_null=True)


class RefusedFile(s.Serializer[Any]):
    name = s.CharField()
    reason = s.CharField()


class Attachment(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    content_type = s.CharField()
    size = s.IntegerField()
    url = s.CharField()


# "from" is a word of Python's own.
MessageHeaders = inline_serializer(
    "MessageHeaders",
    {
        "subject": s.CharField(required=False),
        "from": s.CharField(required=False),
        "to": s.CharField(required=False),
        "cc": s.CharField(required=False),
        "email": s.CharField(required=False),
        "refused_files": RefusedFile(many=True, required=False),
    },
)


class Message(s.Serializer[Any]):
    id = s.UUIDField()
    seq = s.IntegerField()
    direction = s.ChoiceField(choices=Said.Direction.choices)
    author = s.ChoiceField(choices=Said.Author.choices)
    alias = s.CharField()
    person_name = s.CharField(allow_null=True)
    channel = s.CharField()
    text = s.CharField()
    html = s.CharField()
    event = s.DictField()
    language = s.CharField()
    created_at = s.DateTimeField()
    delivery = s.ChoiceField(choices=Said.Delivery.choices)
    delivery_error = s.CharField()
    cards_removed = s.IntegerField(help_text="Card numbers that were taken out before it was stored.")
    attachments = Attachment(many=True)
    headers = MessageHeaders


class Messages(s.Serializer[Any]):
    messages = Message(many=True)
    last_seq = s.IntegerField()


class CustomerIdentity(s.Serializer[Any]):
    kind = s.CharField()
    address = s.CharField()
    verified = s.BooleanField()


class PastConversation(s.Serializer[Any]):
    id = s.UUIDField()
    case_number = s.CharField()
    subject = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    opened_at = s.DateTimeField()
    channel = s.CharField()


class CustomerCard(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    language = s.CharField()
    since = s.DateTimeField()
    is_vip = s.BooleanField()
    legal_priority = s.CharField(help_text="age, disability, or empty.")
    identities = CustomerIdentity(many=True)
    conversations = PastConversation(many=True)


class ShopCard(s.Serializer[Any]):
    name = s.CharField()
    mark = s.CharField()
    color = s.CharField()
    tone = s.CharField()
    languages = s.ListField(child=s.CharField())
    time_zone = s.CharField()
    local_time = s.DateTimeField()
    open_now = s.BooleanField(allow_null=True)
    next_change = s.DateTimeField(allow_null=True)
    alias = s.CharField()
    sneak_peek = s.BooleanField(help_text="What the shopper types is shown before it is sent.")


class Choice(s.Serializer[Any]):
    code = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    parent = s.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The reason of the first level that it is below."
    )


class TagHead(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()


class Conversation(s.Serializer[Any]):
    id = s.UUIDField()
    case_number = s.CharField()
    subject = s.CharField()
    channel = s.CharField()
    language = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    category = s.CharField()
    order_number = s.CharField()
    priority = s.CharField()
    opened_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)
    contact_reason = s.CharField()
    promise = PromiseSerializer(allow_null=True, help_text="What the shopper was promised instead of waiting.")
    last_seq = s.IntegerField()
    last_message_at = s.DateTimeField()
    customer = CustomerCard()
    work = Work(allow_null=True)
    clocks = ClockShape(many=True)
    shop = ShopCard()
    contact_reasons = Choice(many=True)
    tags = TagHead(many=True)
    approval = DeskApproval(allow_null=True, help_text="What the client is asked about it now.")


class OpenedConversation(s.Serializer[Any]):
    conversation = Conversation()
    messages = Message(many=True)


class NewReply(s.Serializer[Any]):
    text = s.CharField(allow_blank=True, trim_whitespace=False, default="")
    client_key = s.CharField(max_length=64)
    waiting_for_customer = s.BooleanField(default=False)
    despite = s.ChoiceField(
        choices=REASONS,
        allow_blank=True,
        default="",
        help_text="Why it is no mistake that the text seems to name another brand.",
    )
    subject = s.CharField(
        required=False, allow_blank=True, default="", max_length=1000, help_text="Mail; empty: as is."
    )
    to = s.CharField(required=False, allow_blank=True, default="", max_length=4000, help_text="Mail; empty: as is.")
    cc = s.CharField(required=False, allow_blank=True, default="", max_length=4000)
    seen_seq = s.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2_147_483_647,
        help_text="The last message seen while writing; with it, thread_moved 409 where others wrote since.",
    )  # fmt: skip
    files = s.ListField(child=s.FileField(allow_empty_file=True), required=False)


class NewNote(s.Serializer[Any]):
    text = s.CharField(trim_whitespace=False)
    client_key = s.CharField(max_length=64)
    mentions = s.ListField(child=s.UUIDField(), required=False, max_length=50, help_text="Colleagues who are told.")


class ReadUpTo(s.Serializer[Any]):
    seq = s.IntegerField(min_value=0, max_value=2_147_483_647)
