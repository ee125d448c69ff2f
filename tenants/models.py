"""The client shops, their host names and the directory of our addresses. Public schema: no customer here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from kernel.ids import new_id


class Tenant(TenantMixin):
    """A client shop of the BPO, with its own schema."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        DELETED = "deleted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True, help_text="First label of the shop's host name.")
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(blank=True)
    mark = models.CharField(max_length=2, help_text="Two letters of the tile; first part of case numbers.")
    color = models.CharField(max_length=9, default="#3b5bdb", help_text="The client's colour, #rrggbb.")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2.")
    languages = ArrayField(models.CharField(max_length=8), help_text="Contract languages, ISO 639-1; default first.")
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, default="EUR")
    tone = models.TextField(blank=True, help_text="How agents speak for this shop; shown beside the composer.")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    embedding_origins = ArrayField(
        models.CharField(max_length=300),
        default=list,
        blank=True,
        help_text="Origins of the shop's own pages, such as https://www.shop.example, that may embed its widget.",
    )
    masks_customers = models.BooleanField(
        default=False, db_default=False, help_text="Addresses and personal fields are shown for a stated reason only."
    )
    sneak_peek = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Agents see what shoppers type in the chat before they send it; the chat says so.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Tenant]] = models.Manager()
    auto_create_schema = False
    auto_drop_schema = False

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def default_language(self) -> str:
        return str(self.languages[0])


class ShopLogo(models.Model):
    """The shop's picture on its papers, drawn anew from what was uploaded."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    set_at = models.DateTimeField()


class Domain(DomainMixin):
    """A host name of a client shop."""

    objects: ClassVar[models.Manager[Domain]] = models.Manager()


class Line(models.Model):
    """One address of a tenant: a mailbox, a widget, a form, a webhook. Found before the tenant is known."""

    class Carrier(models.TextChoices):
        WEBCHAT = "webchat"
        EMAIL = "email"
        FORM = "form"
        RELAY = "relay"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="lines")
    carrier = models.CharField(max_length=16, choices=Carrier.choices)
    address = models.CharField(max_length=254, help_text="support@shop.example, or the widget's public key.")
    token = models.CharField(max_length=64, unique=True, help_text="Names the line in webhook and widget URLs.")
    secret = models.CharField(max_length=128, blank=True, help_text="Shared secret for the carrier's signatures.")
    is_active = models.BooleanField(default=True)
    is_polled = models.BooleanField(default=False, help_text="It has mailboxes to poll, in the tenant's schema.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["carrier", "address"], name="one_line_per_address"),
        ]


class ErasureEntry(models.Model):
    """What was asked to be erased and when: ids and a hash, so that a restored backup can be cleaned again.

    No foreign keys: an entry outlives whatever it names.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        TENANT = "tenant"

    class Reason(models.TextChoices):
        PERSON = "person"
        CLIENT = "client"
        RETENTION = "retention"
        CONTRACT_END = "contract_end"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    tenant_id = models.UUIDField()
    erased_id = models.UUIDField(help_text="The customer's or the tenant's id.")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    by = models.UUIDField(null=True, help_text="Person.id; none for a restore.")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    exported_at = models.DateTimeField(null=True, help_text="When it was added to the file beside the backups.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "erased_id"], name="erased_once")]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=models.Q(done_at__isnull=True), name="erasure_unfinished")
        ]
