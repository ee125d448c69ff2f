"""Whose address is this: found before the tenant is known, from the public schema alone."""

from __future__ import annotations

from kernel import statements
from kernel.errors import Refusal
from tenants.models import Line, Tenant

_BY_TOKEN = f"""
SELECT {statements.columns(Line)}, {statements.columns(Tenant, "o")}
  FROM public.tenants_line t JOIN public.tenants_tenant o ON o.id = t.tenant_id
 WHERE t.token = %s AND t.is_active
"""


def line_by_token(token: str) -> Line:
    """The active line of a URL's token, with its tenant.

    Refuses with ``unknown_line`` (404), or ``shop_suspended`` (410) when the shop is no longer served.
    """
    found = statements.run(_BY_TOKEN, [token])
    if not found:
        raise Refusal("unknown_line", 404, "No line has this address; nothing was stored.")
    width = len(Line._meta.concrete_fields)
    [line] = statements.build(Line, [found[0][:width]])
    [line.tenant] = statements.build(Tenant, [found[0][width:]])
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
