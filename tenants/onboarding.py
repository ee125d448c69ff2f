"""A new client shop: its row, its schema, its host name and its lines, all or nothing."""

from __future__ import annotations

import re
import secrets
from zoneinfo import available_timezones

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from kernel.errors import Refusal, invalid
from kernel.tenancy import enter_as_owner
from tenants import marks, roles
from tenants.models import Domain, Line, Tenant
from tenants.template import template_sql

RESERVED = frozenset(
    {
        *("desk", "www", "api", "app", "admin", "mail", "smtp", "imap", "pop", "mx", "ns", "ftp", "ws", "in", "static"),
        *(
            "assets",
            "media",
            "status",
            "help",
            "support",
            "docs",
            "blog",
            "portal",
            "public",
            "files",
            "localhost",
            "internal",
        ),
        *("centralita", "system"),
    }
)
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SHAPES = {
    "country": (re.compile(r"[A-Z]{2}"), "Two capital letters of ISO 3166, such as IT."),
    "mark": (re.compile(r"[A-Z0-9]{2}"), "Two capital letters or digits."),
    "color": (re.compile(r"#[0-9a-fA-F]{6}"), "A colour such as #3b5bdb."),
    "currency": (re.compile(r"[A-Z]{3}"), "Three capital letters of ISO 4217, such as EUR."),
}
# CLDR's territories beside countries: unknown, unions, islands without a code of ISO 3166's own.
_NO_COUNTRY = frozenset({"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
_KNOWN: dict[str, frozenset[str]] = {
    "country": frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - _NO_COUNTRY,
    "currency": frozenset(map(str, Locale("en").currencies)),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")


def onboard(
    *,
    name: str,
    slug: str,
    country: str,
    languages: list[str],
    time_zone: str,
    color: str,
    mark: str = "",
    currency: str = "EUR",
    tone: str = "",
    legal_name: str = "",
    tax_id: str = "",
    postal_address: str = "",
    email: str = "",
) -> Tenant:
    """Make the shop; returns it with its schema, its domain and the lines webchat, form and email.

    languages: ISO 639-1, default first. email: the shop's address with us (``help@<slug>.example`` if empty).
    mark: two letters that no other shop has; a free pair if empty.
    Refuses with ``invalid`` (400, a reason per field) or ``taken`` (409, ``slug``, ``mark`` or ``email``).
    """
    address = (email or f"help@{slug}.example").lower()
    codes = {"country": country, "color": color, "currency": currency, **({"mark": mark} if mark else {})}
    _check(name, slug, languages, time_zone, codes)
    tenant = Tenant(
        schema_name=schema_name(slug),
        slug=slug,
        name=name.strip(),
        legal_name=legal_name,
        tax_id=tax_id,
        postal_address=postal_address,
        mark=mark,
        color=color.lower(),
        country=country,
        languages=list(languages),
        time_zone=time_zone,
        currency=currency,
        tone=tone,
    )
    _make(tenant, address)
    return tenant


def schema_name(slug: str) -> str:
    """The schema of a slug; the prefix keeps it apart from PostgreSQL's own, the mapping is one to one."""
    return "shop_" + slug.replace("-", "_")


def _check(name: str, slug: str, languages: list[str], time_zone: str, codes: dict[str, str]) -> None:
    wrong: dict[str, str] = {}
    if not name.strip() or len(name) > 120 or any(ord(letter) < 32 for letter in name):
        wrong["name"] = "A name of 1 to 120 characters."
    if not _SLUG.fullmatch(slug) or not 2 <= len(slug) <= 40:
        wrong["slug"] = "2 to 40 small letters, digits and single hyphens, beginning with a letter."
    elif slug in RESERVED:
        wrong["slug"] = f"“{slug}” is kept for our own use; choose another."
    for field, code in codes.items():
        shape, reason = _SHAPES[field]
        if not shape.fullmatch(code) or code not in _KNOWN.get(field, {code}):
            wrong[field] = reason
    if not languages or len(set(languages)) != len(languages) or not all(map(_LANGUAGE.fullmatch, languages)):
        wrong["languages"] = "At least one language code such as it, each once, the default first."
    if time_zone not in available_timezones():
        wrong["time_zone"] = "A time zone such as Europe/Rome."
    if wrong:
        raise invalid("The shop was not made: some of what was given does not fit.", **wrong)


def _make(tenant: Tenant, address: str) -> None:
    try:
        with transaction.atomic():
            tenant.mark = marks.settle(mark=tenant.mark, name=tenant.name)
            tenant.save(force_insert=True)
            Domain.objects.create(domain=f"{tenant.slug}.{settings.DOMAIN}", tenant=tenant, is_primary=True)
            _open_lines(tenant, address)
            build_schema(tenant)
    except (IntegrityError, ValidationError) as clash:
        raise _taken(tenant.slug, address, str(clash)) from clash


def _open_lines(tenant: Tenant, address: str) -> None:
    Line.objects.bulk_create(
        Line(tenant=tenant, carrier=carrier, address=where, token=secrets.token_urlsafe(24))
        for carrier, where in (
            (Line.Carrier.WEBCHAT, f"chat@{tenant.slug}"),
            (Line.Carrier.FORM, f"form@{tenant.slug}"),
            (Line.Carrier.EMAIL, address),
        )
    )


def build_schema(tenant: Tenant) -> None:
    """Make the tenant's empty schema; Refusal taken 409 if there is one of this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [tenant.schema_name])
        if cursor.fetchone():
            raise _taken(tenant.slug, "", "slug")
    sql = template_sql()
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{tenant.schema_name}"')
    with enter_as_owner(tenant.schema_name), connection.cursor() as cursor:
        cursor.execute(sql)
    roles.wall_in(tenant)


def _taken(slug: str, address: str, clash: str) -> Refusal:
    if "one_line_per_address" in clash:
        fields = {"email": f"{address} already belongs to a shop."}
    else:
        fields = {"slug": f"“{slug}” already names a shop, or did."}
    return Refusal("taken", 409, "The shop was not made: its name or address is taken.", fields=fields)
