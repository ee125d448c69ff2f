"""Rate cards, usage and invoices. Public schema: quantities and amounts; a conversation is a UUID."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id
from sla_contracts.models import SlaReport
from tenants.models import Tenant


class RateCard(models.Model):
    """Prices agreed with a tenant, dated. ``rates`` is the JSON of ``billing.pricing``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="rate_cards")
    version = models.PositiveIntegerField()
    valid_from = models.DateField()
    currency = models.CharField(max_length=3)
    rates = models.JSONField()
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "version"], name="one_card_per_version")]


class Invoice(models.Model):
    """A document per tenant and period; a draft may be made anew, an issued one never moves."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ISSUED = "issued"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="invoices")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    number = models.CharField(max_length=24, null=True, unique=True)
    currency = models.CharField(max_length=3)
    rate_card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="+")
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    made_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    frozen = models.JSONField(null=True, help_text="Canonical JSON of the issued document.")
    frozen_sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["-period_start", "-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "period_start"], condition=Q(status="draft"), name="one_draft_per_period"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", number__isnull=True)
                | Q(status="issued", number__isnull=False, issued_at__isnull=False),
                name="issued_has_number",
            ),
        ]


class InvoiceLine(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    rate_code = models.CharField(max_length=120)
    description = models.JSONField(help_text="Language → text.")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=20)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    report = models.ForeignKey(
        SlaReport,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where a credit or a supplement stands.",
    )

    class Meta:
        ordering: ClassVar = ["position"]


class Usage(models.Model):
    """What is billable, once: one row per finished work item and kind."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    work_item = models.UUIDField()
    conversation = models.UUIDField()
    case_number = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, help_text="conversation or handle_minutes.")
    channel = models.CharField(max_length=16)
    quantity = models.DecimalField(max_digits=12, decimal_places=4)
    at = models.DateTimeField(help_text="When the work item finished.")
    line = models.ForeignKey(InvoiceLine, null=True, on_delete=models.SET_NULL, related_name="usage")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_item", "kind"], name="billed_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "at"], name="usage_by_period")]


class InvoiceSeries(models.Model):
    """The gapless numbers of a series; locked while a number is taken."""

    code = models.CharField(max_length=12, primary_key=True)
    next_number = models.PositiveIntegerField(default=1)
