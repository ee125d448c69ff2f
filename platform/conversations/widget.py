"""A visitor of the chat widget is a signed token, bound to the shop; nothing is stored before they write."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet

from conversations.models import Conversation
from kernel.errors import Refusal
from tenants.models import Line, Tenant

_SALT = "conversations.widget"
_MAX_AGE = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """address: the widget identity's address (``Identity.Kind.WIDGET``), random and unguessable."""

    line_id: UUID
    address: str


def issue_token(*, tenant: Tenant, key: str) -> str:
    """A token for a new visitor of the widget line ``key``; Refusal unknown_widget 404."""
    line = line_of(tenant, key=key)
    return signing.dumps([tenant.id.hex, line.id.hex, secrets.token_hex(16)], salt=_SALT)


def visitor_of(tenant: Tenant, token: str) -> Visitor:
    """Whose token this is; forged, old and other shops' tokens are refused alike (bad_token 401)."""
    try:
        tenant_id, line_id, address = signing.loads(token, salt=_SALT, max_age=_MAX_AGE)
        if UUID(tenant_id) != tenant.id or not isinstance(address, str):
            raise bad_token()
        return Visitor(UUID(line_id), address)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise bad_token() from None


def line_of(tenant: Tenant, *, key: str | None = None, line_id: UUID | None = None) -> Line:
    """The shop's active widget line: by its public key, by its id, or its only one."""
    lines = Line.objects.select_related("tenant").filter(tenant=tenant, carrier=Line.Carrier.WEBCHAT, is_active=True)
    if key is not None:
        # A token is ASCII; what is not cannot be asked of the database in every case (NUL, half a surrogate pair).
        lines = lines.filter(token=key) if key.isascii() and key.isprintable() and len(key) <= 64 else lines.none()
    if line_id is not None:
        lines = lines.filter(pk=line_id)
    line = lines.order_by("created_at").first()
    if line is None:
        raise Refusal("unknown_widget", 404, "This shop has no chat under this key; check the key in the page's code.")
    return line


def conversation_of(visitor: Visitor) -> Conversation | None:
    """The visitor's latest conversation on the widget, open ones first; inside the tenant."""
    theirs = conversations_of(visitor)
    still_open = theirs.exclude(status=Conversation.Status.CLOSED).order_by("-last_message_at").first()
    return still_open or theirs.order_by("-last_message_at").first()


def conversations_of(visitor: Visitor) -> QuerySet[Conversation]:
    """All that they wrote on this widget; inside the tenant."""
    return Conversation.objects.filter(
        line=visitor.line_id, customer__identities__kind="widget", customer__identities__address=visitor.address
    )


def bad_token() -> Refusal:
    return Refusal("bad_token", 401, "This chat session is not valid at this shop; start a new one. Your text is kept.")
