"""What a client's people keep about its customers beside their names: tags, notes, fields of its own, merges."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel.ids import new_id


class Tag(models.Model):
    """A word of this client's own, put on conversations and on customers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=40, unique=True, help_text="The name without case, accents and outer space.")
    created_at = models.DateTimeField()


class TagOnCustomer(models.Model):
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="on_customers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "tag"], name="one_tag_on_customer")]


class CustomerNote(models.Model):
    """What is good to know about the person, whatever the matter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    alias = models.CharField(max_length=60, help_text="The name under which the shop knows who wrote it.")
    created_at = models.DateTimeField()


class CustomField(models.Model):
    """One more thing that this client wants to know of its customers."""

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        CHOICE = "choice"
        YES_NO = "yes_no"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    options = models.JSONField(default=list, help_text="What a choice is among.")
    is_personal = models.BooleanField(default=False, help_text="Masked where the client masks personal data.")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)


class CustomerMerge(models.Model):
    """Two records that were one person's; holds what it takes to take them apart again for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kept = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict, help_text="Ids of what changed hands, and how the kept record stood before.")
