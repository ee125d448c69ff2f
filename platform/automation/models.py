"""A client's playbook: what is said and done for it, each change a new version; in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id


class PlaybookItem(models.Model):
    """A saved reply, macro, procedure, bulletin, or the client's rules. What it says is in its versions."""

    class Kind(models.TextChoices):
        REPLY = "reply"
        MACRO = "macro"
        PROCEDURE = "procedure"
        BULLETIN = "bulletin"
        RULES = "rules"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120, help_text="Of the version in force.")
    number = models.PositiveIntegerField(default=1, help_text="The version in force.")
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(archived_at__isnull=True), name="one_playbook_item_per_name"
            ),
        ]


class PlaybookVersion(models.Model):
    """What an item said from then on; never changed. ``body`` is the JSON of ``automation.bodies``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(PlaybookItem, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    body = models.JSONField()
    restored = models.PositiveIntegerField(null=True, help_text="The number of the version that it brought back.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "number"], name="one_playbook_version_per_number"),
        ]


class ReplyUse(models.Model):
    """A saved reply taken into an answer. ``digest`` knows its words again until the answer has left."""

    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="uses")
    conversation = models.UUIDField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, blank=True)
    used_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["conversation"], condition=Q(sent_at__isnull=True), name="reply_use_unsent"),
        ]


class BulletinReading(models.Model):
    """Somebody says that they have read this version."""

    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "person"], name="one_bulletin_reading"),
        ]


class ProcedureStep(models.Model):
    """A step of a procedure that is done in this conversation, by the version that it was begun with."""

    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="steps_done")
    conversation = models.UUIDField()
    step = models.PositiveSmallIntegerField(help_text="From 0.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    done_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "version", "step"], name="one_procedure_step"),
        ]
