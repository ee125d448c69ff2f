"""Which pages of other origins may embed a shop's chat."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from kernel.errors import Refusal, not_found
from kernel.origins import checked_origins
from people.access import audit, roles_of
from people.models import Person
from tenants.models import Tenant


def origins_of(tenant_id: UUID) -> list[str]:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        raise not_found()
    return list(tenant.embedding_origins)


def choose_origins(*, person: Person, tenant_id: UUID, origins: list[str]) -> list[str]:
    """Name all of them anew, as an operator; the list as it is kept. Every web process knows within a second."""
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator names the pages of a shop; nothing was changed.")
    chosen = checked_origins(origins)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).first()
        if tenant is None:
            raise not_found()
        tenant.embedding_origins = chosen
        tenant.save(update_fields=["embedding_origins"])
        audit(person, "shop.embedding_chosen", tenant=tenant, object_id=tenant.id, count=len(chosen))
    return chosen
