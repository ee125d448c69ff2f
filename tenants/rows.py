"""Which rows of the public schema are a client's: what its export takes along, and what stays, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models

# Model → how it leads to its tenant; in an order in which rows may be written (lines before their issued invoice).
MOVED = {
    "tenants.Line": "tenant",
    "tenants.ShopLogo": "tenant",
    "people.Membership": "tenant",
    "people.Accreditation": "tenant",
    "routing.Queue": "tenant",
    "routing.WorkItem": "tenant",
    "routing.Offer": "work_item__tenant",
    "sla_contracts.Contract": "tenant",
    "sla_contracts.ContractVersion": "contract__tenant",
    "sla_contracts.Clock": "tenant",
    "sla_contracts.ClockEvent": "clock__tenant",
    "sla_contracts.SlaReport": "tenant",
    "sla_contracts.ReportRun": "tenant",
    "sla_contracts.Dispute": "tenant",
    "sla_contracts.DisputeAnswer": "dispute__tenant",
    "billing.RateCard": "tenant",
    "billing.InvoiceLine": "invoice__tenant",
    "billing.Invoice": "tenant",
    "billing.Usage": "tenant",
    "people.AuditEntry": "tenant",
}
# Models that point at a tenant and are not moved.
LEFT = {
    "tenants.Domain": "host names belong to the installation and are made anew",
    "people.Invitation": "a link to this installation; its users are invited anew",
    "routing.BarredPair": "who competes with whom here is this installation's to say",
    "routing.Pace": "measured anew each hour from the work done here",
    "sla_contracts.ReportPlan": "who gets the report, and when, is agreed anew there",
    "sla_contracts.ReportDelivery": "what left from here; nothing that waits is to leave from there",
    "people.Follow": "who works here wants to know of its news",
    "people.SavedView": "who works here looks at the client in this way",
    "people.ApiKey": "a key to this installation; a new one is made there",
}


def public_models() -> Iterator[tuple[type[models.Model], str]]:
    """Each moved model of the public schema, with its way to the tenant."""
    for label, path in MOVED.items():
        yield apps.get_model(label), path


def shop_models() -> list[type[models.Model]]:
    """The models of a client's schema."""
    found = [
        model
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models()
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def ids_of(model: type[models.Model], path: str, tenant_id: UUID) -> tuple[str, tuple[Any, ...]]:
    """SQL and values of the keys of a model's rows that are this tenant's."""
    query = model._default_manager.filter(**{path: tenant_id}).order_by().values("pk").query
    text, values = query.sql_with_params()
    return text, tuple(values)


def has_own_key(model: type[models.Model]) -> bool:
    """Whether rows are named by a UUID of ours, and not by a number that every installation counts for itself."""
    return not isinstance(model._meta.pk, (models.AutoField, models.BigAutoField))


def people_columns(model: type[models.Model]) -> list[str]:
    """Columns that name a person."""
    person = apps.get_model(settings.AUTH_USER_MODEL)
    return [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is person
    ]
