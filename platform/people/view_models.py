"""Saved views: searches that people come back to. They hold filters alone, no word of a customer."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel.ids import new_id
from tenants.models import Tenant


class SavedView(models.Model):
    """One person's, or shared with everybody who serves ``tenant``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=200, help_text="Operators alone, as is:open tag:late.")
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "name"], name="view_by_person")]


class Follow(models.Model):
    """Who wants to know of news in a conversation that is not theirs: ids and a number alone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    conversation = models.UUIDField()
    seen_seq = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "conversation"], name="followed_once")]
