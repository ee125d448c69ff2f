"""Conversations, messages, attachments and the inbox of raw payloads, in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q

from conversations.approval_models import Approval as Approval
from conversations.approval_models import ApprovalLetter as ApprovalLetter
from conversations.composing_models import Draft as Draft
from conversations.composing_models import HeldReply as HeldReply
from conversations.composing_models import Peek as Peek
from conversations.link_models import ConversationLink as ConversationLink
from conversations.tag_models import TagOnConversation as TagOnConversation
from customers.models import Customer
from kernel.ids import new_id
from tenants.models import Line


class Category(models.Model):
    """What a shopper can choose on the contact form."""

    code = models.SlugField(max_length=40, unique=True)
    labels = models.JSONField(help_text="Language → text.")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)


class ContactReason(models.Model):
    """What an agent says a conversation was about when closing it; in two levels at most."""

    code = models.SlugField(max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    labels = models.JSONField(help_text="Language → text.")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)


class Conversation(models.Model):
    """One matter of one customer."""

    class Status(models.TextChoices):
        OPEN = "open"
        WAITING_CUSTOMER = "waiting_customer"
        WAITING_CLIENT = "waiting_client"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="conversations")
    # Without an index of its own, as a receipt's.
    line = models.ForeignKey(Line, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    channel = models.CharField(max_length=16)
    subject = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=8)
    category = models.CharField(max_length=40, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    priority = models.CharField(max_length=12, default="normal")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    contact_reason = models.CharField(max_length=40, blank=True)
    contract_version = models.UUIDField(null=True, help_text="The version in force at arrival.")
    promise = models.JSONField(
        default=dict,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="Instead of waiting in the chat: kind callback (phone, starts_at, ends_at) or mail (email); or {}.",
    )
    last_seq = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", help_text="What comes to this one goes there."
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-last_message_at"], name="conversation_by_customer"),
            models.Index(fields=["-opened_at"], name="conversation_by_opening"),
            models.Index(fields=["-closed_at"], name="conversation_by_closing"),
            GinIndex(Func("language", "subject", function="search_words"), name="conversation_by_subject"),
        ]


class Message(models.Model):
    """One thing said, in or out; ``seq`` has no gaps within its conversation."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        NOTE = "note"
        EVENT = "event"

    class Author(models.TextChoices):
        SHOPPER = "shopper"
        AGENT = "agent"
        SYSTEM = "system"

    class Delivery(models.TextChoices):
        RECEIVED = "received"
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"
        UNKNOWN = "unknown"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    direction = models.CharField(max_length=6, choices=Direction.choices)
    author = models.CharField(max_length=8, choices=Author.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    alias = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, help_text="Cleaned by nh3; never the raw body.")
    event = models.JSONField(default=dict, help_text="For direction=event: code and parameters.")
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()
    delivery = models.CharField(max_length=10, choices=Delivery.choices)
    delivery_error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, help_text="Who sends it now: a lease that is no longer here writes nothing.")
    leased_until = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True, help_text="When the latest attempt was handed to the carrier.")
    next_attempt_at = models.DateTimeField(null=True)
    client_key = models.CharField(
        max_length=64, null=True, help_text="The sender's own key: a repeat is the same message."
    )
    external_id = models.CharField(max_length=400, blank=True, help_text="The carrier's id (mail: Message-ID).")
    headers = models.JSONField(default=dict, help_text="Mail: to, cc, references, in_reply_to.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_per_seq"),
            models.UniqueConstraint(fields=["conversation", "client_key"], name="one_message_per_client_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=Q(delivery="pending"), name="message_to_send"),
            models.Index(fields=["leased_until"], condition=Q(delivery="sending"), name="message_in_flight"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="message_by_external_id"),
            models.Index(
                fields=["created_at"], condition=Q(delivery__in=("unknown", "failed")), name="message_in_doubt"
            ),
            GinIndex(
                Func("language", "text", function="search_words"),
                condition=~Q(direction="event"),
                name="message_by_words",
            ),
        ]


class Attachment(models.Model):
    """A file of a message; the bytes lie under MEDIA_ROOT/<schema>/<id>."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="Typed by content, not by what the sender said.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    redrawn = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A picture drawn anew here: nothing else of the upload is in it.",
    )


class Receipt(models.Model):
    """The inbox: a raw payload stored before it is acknowledged, once per carrier id."""

    class State(models.TextChoices):
        NEW = "new"
        DONE = "done"
        REFUSED = "refused"
        QUARANTINED = "quarantined"
        SET_ASIDE = "set_aside"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Without an index of its own: beside it, a plan made while a line had few receipts would go on reading all of them.
    line = models.ForeignKey(Line, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    carrier = models.CharField(max_length=16)
    external_id = models.CharField(max_length=400)
    sender = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Tells senders apart, and names none: what comes later of the same one waits for this.",
    )
    payload = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    note = models.TextField(blank=True, default="", db_default="", help_text="Why a person set it aside.")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "external_id"], name="one_receipt_per_carrier_id"),
        ]
        indexes: ClassVar = [
            # Its condition says one thing more than that of the next, so that only the sweep can use it.
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="new", next_attempt_at__isnull=False),
                name="receipt_to_sweep",
            ),
            models.Index(
                fields=["line", "sender", "received_at", "id"], condition=Q(state="new"), name="receipt_by_sender"
            ),
            models.Index(fields=["received_at"], condition=Q(state="quarantined"), name="receipt_in_quarantine"),
        ]
