"""Conversations that belong together."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel.ids import new_id


class ConversationLink(models.Model):
    """Each pair once: ``first`` has the lower id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="linked_once"),
        ]
