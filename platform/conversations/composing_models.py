"""What is being written and has not left: drafts, replies held back, and what a shopper types."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id


class Draft(models.Model):
    """What one of the staff is writing in a conversation. An empty one stays: its revision turns late saves away."""

    class Mode(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    mode = models.CharField(max_length=5, choices=Mode.choices)
    text = models.TextField(blank=True)
    envelope = models.JSONField(default=dict, help_text="Mail: subject, to and cc where the agent changed them.")
    revision = models.PositiveIntegerField(default=0, help_text="One more with each save.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "person", "mode"], name="one_draft_per_writer"),
        ]


class HeldReply(models.Model):
    """A reply that is written and has not left: for the seconds of an undo, or until the time that was chosen.

    The shopper, the client and the promises know nothing of it: when it leaves it becomes a message.
    """

    class State(models.TextChoices):
        SENT = "sent"
        CANCELLED = "cancelled"
        STOPPED = "stopped"
        HELD = "held"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="held")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    text = models.TextField(blank=True)
    envelope = models.JSONField(default=dict, help_text="Mail: subject, to and cc where the agent changed them.")
    files = models.JSONField(default=list, help_text="Files on disk that wait for their rows.")
    waiting_for_customer = models.BooleanField(default=False)
    client_key = models.CharField(max_length=64)
    seen_seq = models.PositiveIntegerField(help_text="The last message there was when it was written.")
    written_at = models.DateTimeField()
    is_scheduled = models.BooleanField(help_text="A time was chosen; else it only waits for an undo.")
    send_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, help_text="When the sweep rings for it; null: never again.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    stopped_why = models.CharField(max_length=20, blank=True)
    message = models.UUIDField(null=True, help_text="What it became.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "client_key"], name="one_held_reply_per_client_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="held"), name="held_reply_due"),
        ]


class Peek(models.Model):
    """What the shopper of an open chat has typed and not sent, where the shop allows agents to see it."""

    conversation = models.OneToOneField(
        "conversations.Conversation", on_delete=models.CASCADE, primary_key=True, related_name="peek"
    )
    text = models.TextField(blank=True)
    typed_at = models.DateTimeField()
