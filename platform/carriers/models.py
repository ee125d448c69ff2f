"""What a carrier must remember about its own lines, in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.models import Line


class Mailbox(models.Model):
    """An IMAP mailbox polled for a mail line, and how far it was read."""

    line = models.ForeignKey(Line, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    use_tls = models.BooleanField(default=True)
    username = models.CharField(max_length=200)
    password = models.TextField(help_text="Sealed by kernel.secrets; never as it is typed.")
    folder = models.CharField(max_length=120, default="INBOX")
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    polled_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "username", "folder"], name="one_mailbox"),
        ]
