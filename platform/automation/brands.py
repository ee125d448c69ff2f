"""What all clients are known by, read once a minute by each process and kept; a check asks the database nothing."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from automation.guard import Brand, Brands
from kernel.tenancy import WrongTenant, entered
from tenants.models import Domain, Line, Tenant

_FRESH_SECONDS = 60.0
# Of these a client has one address, and not the domain.
_FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "outlook.es", "outlook.it", "hotmail.com", "hotmail.es"),
        *("hotmail.it", "live.com", "msn.com", "yahoo.com", "yahoo.es", "yahoo.it", "yahoo.fr", "yahoo.de"),
        *("icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "libero.it", "virgilio.it"),
        *("orange.fr", "free.fr", "laposte.net", "sapo.pt", "proton.me", "protonmail.com"),
    }
)
_kept: list[tuple[float, Brands]] = []


def known_brands() -> Brands:
    """Of all clients that were not deleted; at most a minute old. Inside a client's schema nobody knows of others."""
    if entered():
        raise WrongTenant("what other clients are called is known outside of any client's schema")
    if not _kept or time.monotonic() - _kept[0][0] > _FRESH_SECONDS:
        _kept[:] = [(time.monotonic(), Brands.of(_all()))]
    return _kept[0][1]


def forget_brands() -> None:
    """Drop what was read (in tests, and where a client was just opened)."""
    _kept.clear()


def _all() -> list[Brand]:
    tenants = Tenant.objects.exclude(status=Tenant.Status.DELETED)
    rows = tenants.values_list("id", "name", "legal_name", "mark", "embedding_origins")
    hosts: dict[object, set[str]] = {}
    addresses: dict[object, set[str]] = {}
    for tenant, domain in Domain.objects.values_list("tenant_id", "domain"):
        hosts.setdefault(tenant, set()).add(domain)
    for tenant, address in Line.objects.filter(carrier=Line.Carrier.EMAIL).values_list("tenant_id", "address"):
        addresses.setdefault(tenant, set()).add(address)
        host = address.rpartition("@")[2].lower()
        if host not in _FREE_MAIL:
            hosts.setdefault(tenant, set()).add(host)
    return [
        Brand(
            owner=str(tenant),
            names=tuple({name, legal_name} - {""}),
            hosts=tuple(hosts.get(tenant, set()) | {_host(origin) for origin in origins} - {""}),
            addresses=tuple(addresses.get(tenant, ())),
            mark=mark,
        )
        for tenant, name, legal_name, mark, origins in rows
    ]


def _host(origin: str) -> str:
    try:
        return (urlsplit(origin).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
