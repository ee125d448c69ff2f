"""A client shop as its operator administers it: what it is called, where it listens, and how far its end has come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from carriers.models import Mailbox
from conversations.models import Receipt
from desk import closing
from desk.work import mark_of
from kernel.errors import not_found
from kernel.links import shop_origin
from kernel.tenancy import enter
from tenants.models import Line, ShopLogo, Tenant

Json = dict[str, Any]


def shops() -> list[Json]:
    """Every client, those that are suspended or deleted too: by name, the living first."""
    rows = Tenant.objects.annotate(line_count=Count("lines", filter=Q(lines__is_active=True)))
    listed = sorted(rows, key=lambda row: (row.status == Tenant.Status.DELETED, row.name.casefold()))
    return [{**head(row), "lines": row.line_count} for row in listed]


def shop(tenant_id: UUID) -> Json:
    """One client with its lines, and what stands between it and its deletion; not_found 404."""
    row = require_shop(tenant_id)
    return {
        **head(row),
        "legal_name": row.legal_name,
        "country": row.country,
        "languages": row.languages,
        "time_zone": row.time_zone,
        "currency": row.currency,
        "created_at": row.created_at,
        "embedding_origins": row.embedding_origins,
        "sneak_peek": row.sneak_peek,
        "is_exported": closing.is_exported_since_suspension(row),
        "open_work": closing.open_work(row),
        "logo_url": _logo_url(row),
        "lines": _lines(row),
    }


def require_shop(tenant_id: UUID) -> Tenant:
    """Suspended ones too: an operator administers what nobody serves."""
    found = Tenant.objects.filter(pk=tenant_id).first()
    if found is None:
        raise not_found()
    return found


def head(row: Tenant) -> Json:
    return {**mark_of(row), "slug": row.slug, "status": row.status, "url": f"{shop_origin(row.slug)}/"}


def _logo_url(row: Tenant) -> str | None:
    """It names when the picture was set, so that a new one is asked for anew."""
    logo = ShopLogo.objects.filter(tenant=row).defer("content").first()
    return f"/api/desk/clients/{row.id}/logo?set={logo.set_at:%Y%m%d%H%M%S}" if logo else None


def _lines(tenant: Tenant) -> list[Json]:
    rows = list(Line.objects.filter(tenant=tenant).order_by("carrier", "address"))
    came: dict[UUID, Any] = {}
    polled: dict[UUID, Mailbox] = {}
    if tenant.status != Tenant.Status.DELETED:
        with enter(tenant):
            latest = Receipt.objects.values("line_id").annotate(at=Max("received_at"))
            came = dict(latest.values_list("line_id", "at"))
            # Of several mailboxes, one that could not be read says more than one that could.
            polled = {row.line_id: row for row in Mailbox.objects.order_by("error", "polled_at")}
    return [_line(row, came.get(row.pk), polled.get(row.pk)) for row in rows]


def _line(row: Line, came: Any, mailbox: Mailbox | None) -> Json:
    """Without token and secret: they open a door. Of what a mail server said, only that it said it."""
    return {
        "id": row.pk,
        "carrier": row.carrier,
        "address": row.address,
        "is_active": row.is_active,
        "last_came_at": came,
        "mailbox": mailbox
        and {
            "host": mailbox.host,
            "username": mailbox.username,
            "polled_at": mailbox.polled_at,
            "is_failing": bool(mailbox.error),
        },
    }
