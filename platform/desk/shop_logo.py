"""A shop's logo: drawn anew by the limited process that redraws pictures, kept small, and shown on its papers."""

from __future__ import annotations

from django.db import transaction

from carriers.contract import IncomingFile
from conversations.file_types import type_of
from conversations.pictures import Drawn, draw_anew
from kernel import clock
from kernel.errors import Refusal, not_found
from people.access import audit, roles_of
from people.models import Person
from tenants.models import ShopLogo, Tenant

KINDS = ("image/png", "image/jpeg", "image/webp")
BYTES_MAX = 5 * 1024 * 1024
# Printed at most 90 × 26 pt: so many pixels are sharp at 300 dots an inch and beyond.
FIT = (600, 180)
_WHY = {
    "logo_empty": "The file is empty.",
    "logo_too_many_bytes": "The file is larger than 5 MB.",
    "logo_kind": "The file is no PNG, JPEG or WebP picture. (SVG is not taken: it may hold programs.)",
    "image_too_large": "The picture has more than 20 million pixels. Send a smaller one.",
    "image_broken": "The picture is damaged: it cannot be read.",
}


def logo_of(tenant: Tenant) -> ShopLogo:
    found = ShopLogo.objects.filter(tenant=tenant).first()
    if found is None:
        raise not_found()
    return found


def set_logo(*, person: Person, tenant: Tenant, file: IncomingFile) -> ShopLogo:
    """Refuses with ``not_allowed``, or with 400 and the reason; the logo before stays then."""
    _require_operator(person)
    drawn = _drawn(file)
    with transaction.atomic():
        row, _ = ShopLogo.objects.update_or_create(
            tenant=tenant,
            defaults={"content": drawn.content, "content_type": drawn.content_type, "set_at": clock.now()},
        )
        audit(person, "shop.logo_set", tenant=tenant, object_id=tenant.id)
    return row


def drop_logo(*, person: Person, tenant: Tenant) -> None:
    _require_operator(person)
    with transaction.atomic():
        if ShopLogo.objects.filter(tenant=tenant).delete()[0]:
            audit(person, "shop.logo_dropped", tenant=tenant, object_id=tenant.id)


def _drawn(file: IncomingFile) -> Drawn:
    if not file.content:
        raise _refusal("logo_empty")
    if len(file.content) > BYTES_MAX:
        raise _refusal("logo_too_many_bytes")
    kind = type_of(file)
    if kind not in KINDS:
        raise _refusal("logo_kind")
    drawn = draw_anew(file.content, kind, fit=FIT)
    if isinstance(drawn, str):
        raise _refusal(drawn)
    return drawn


def _refusal(code: str) -> Refusal:
    return Refusal(code, 400, f"{_WHY[code]} Nothing was changed.", fields={"file": _WHY[code]})


def _require_operator(person: Person) -> None:
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")
