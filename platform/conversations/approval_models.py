"""What the client is asked about a conversation, and the letters that bring it to the client's users."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id


class Approval(models.Model):
    """One question to the client, answered once. While it is open, the resolution waits for the client."""

    class Kind(models.TextChoices):
        APPROVAL = "approval"
        QUESTION = "question"

    class State(models.TextChoices):
        ANSWERED = "answered"
        WITHDRAWN = "withdrawn"
        OPEN = "open"

    class Answer(models.TextChoices):
        APPROVED = "approved"
        DENIED = "denied"
        REPLIED = "replied"
        MORE_INFO = "more_info"

    class Via(models.TextChoices):
        PORTAL = "portal"
        MAIL = "mail"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    asked = models.TextField()
    note = models.TextField(blank=True, help_text="What the client should know to decide.")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    options = models.JSONField(default=list, help_text="Texts to choose from, or none.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    alias = models.CharField(max_length=60, blank=True, help_text="The name under which the shop knows who asked.")
    asked_at = models.DateTimeField()
    asked_seq = models.PositiveIntegerField(default=0, help_text="Of the event that says so in the conversation.")
    clock = models.UUIDField(null=True, help_text="The client's own; none without a contract in force.")
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True, help_text="Until the reminder is written, or nothing is left to ask.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    option = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    answered_via = models.CharField(max_length=8, choices=Via.choices, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="Answered or withdrawn.")
    withdrawn_as = models.CharField(max_length=12, blank=True, help_text="agent, closed or handed_on.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(state="open"), name="one_open_approval"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(state="open"), name="approval_open"),
            models.Index(fields=["-ended_at", "-id"], condition=~Q(state="open"), name="approval_done"),
            models.Index(
                fields=["remind_at"], condition=Q(state="open", remind_at__isnull=False), name="approval_to_remind"
            ),
        ]


class ApprovalLetter(models.Model):
    """One mail to one of the client's users, whose link answers once. It leaves once."""

    class Kind(models.TextChoices):
        ASKED = "asked"
        REMINDER = "reminder"

    class Delivery(models.TextChoices):
        SENT = "sent"
        PENDING = "pending"
        SENDING = "sending"
        FAILED = "failed"
        UNKNOWN = "unknown"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="letters")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    expires_at = models.DateTimeField(help_text="Of its link.")
    used_at = models.DateTimeField(null=True)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.PENDING)
    delivery_error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "person", "kind"], name="one_letter_per_reader"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=Q(delivery="pending"), name="letter_to_send"),
            models.Index(fields=["leased_until"], condition=Q(delivery="sending"), name="letter_in_flight"),
        ]
