"""The shoppers of one tenant, in the tenant's schema."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func

from customers.card_models import CustomerMerge as CustomerMerge
from customers.card_models import CustomerNote as CustomerNote
from customers.card_models import CustomField as CustomField
from customers.card_models import Tag as Tag
from customers.card_models import TagOnCustomer as TagOnCustomer
from kernel.ids import new_id


class Customer(models.Model):
    class LegalPriority(models.TextChoices):
        AGE = "age"
        DISABILITY = "disability"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text="Last language they wrote in, if known.")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, help_text="Since then a number without a person; the books stay true.")
    is_vip = models.BooleanField(default=False, db_default=False)
    legal_priority = models.CharField(
        max_length=12,
        blank=True,
        choices=LegalPriority.choices,
        default="",
        db_default="",
        help_text="Whom Ley 10/2025 puts first: 65 or older, or a disability that they stated themselves.",
    )
    fields = models.JSONField(
        default=dict,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="Code of a CustomField → value.",
    )
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")

    class Meta:
        indexes: ClassVar = [
            GinIndex(OpClass(Func("name", function="fold"), name="gin_trgm_ops"), name="customer_by_name")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Identity(models.Model):
    """One address of a customer: a mail address, a browser's widget id, a handle."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        WIDGET = "widget"
        HANDLE = "handle"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    address = models.CharField(max_length=254)
    verified = models.BooleanField(default=False, help_text="Proven to be theirs; a From header proves nothing.")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "address"], name="one_identity")]
        indexes: ClassVar = [
            GinIndex(OpClass(Func("address", function="fold"), name="gin_trgm_ops"), name="identity_by_address")
        ]


class ErasureCertificate(models.Model):
    """What was erased of a customer, when, by whom and why; holds nothing of the person but the customer's id."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.PROTECT, related_name="certificate")
    data = models.JSONField(help_text="Canonical JSON that the hash is over.")
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    made_at = models.DateTimeField()
