"""Whose address is this: found before the tenant is known, from the public schema alone."""

from __future__ import annotations

from kernel import statements
from kernel.errors import Refusal
from tenants.models import Line, Tenant


def line_by_token(token: str) -> Line:
    """The active line of a URL's token, with its tenant.

    Refuses with ``unknown_line`` (404), or ``shop_suspended`` (410) when the shop is no longer served.
    """
    found = statements.load(Line, "WHERE t.token = %s AND t.is_active", [token])
    if not found:
        raise Refusal("unknown_line", 404, "No line has this address; nothing was stored.")
    [line] = found
    [line.tenant] = statements.load(Tenant, "WHERE t.id = %s", [line.tenant_id])
    if line.tenant.status != Tenant.Status.ACTIVE:
        raise Refusal("shop_suspended", 410, "This shop is not served at present; nothing was stored.")
    return line


def mail_line(address: str) -> Line | None:
    """The active mail line of an address (any case) of an active shop, or None."""
    return (
        Line.objects.select_related("tenant")
        .filter(
            carrier=Line.Carrier.EMAIL,
            address=address.strip().lower(),
            is_active=True,
            tenant__status=Tenant.Status.ACTIVE,
        )
        .first()
    )


def lines_of(tenant: Tenant) -> list[Line]:
    """The shop's lines, in the order in which they were opened."""
    return list(Line.objects.filter(tenant=tenant).order_by("created_at", "id"))
