"""The link by which a shopper sees how a case stands: signed, bound to the shop, without anything in it but ids."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing

from kernel.errors import not_found
from kernel.links import shop_origin
from kernel.tenancy import TenantRow
from tenants.models import Tenant

_SALT = "conversations.case"
_MAX_AGE = timedelta(days=180)


def link_to(tenant: Tenant, conversation_id: UUID) -> str:
    """The whole address of the case's page at the shop's host."""
    return f"{shop_origin(tenant.slug)}/case/{token_for(tenant, conversation_id)}"


def token_for(tenant: TenantRow, conversation_id: UUID) -> str:
    return signing.dumps([tenant.id.hex, conversation_id.hex], salt=_SALT)


def conversation_of(tenant: TenantRow, token: str) -> UUID:
    """The conversation a token names; not_found for a forged one, an old one and for one of another shop."""
    try:
        tenant_id, conversation_id = signing.loads(token, salt=_SALT, max_age=_MAX_AGE)
        if UUID(tenant_id) != tenant.id:
            raise not_found()
        return UUID(conversation_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise not_found() from None
