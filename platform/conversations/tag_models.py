"""Tags on conversations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from customers.models import Tag


class TagOnConversation(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="on_conversations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "tag"], name="one_tag_on_conversation")
        ]
