"""What the views of a shop's public doors share: the shop, the visitor, the files, the rate."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from rest_framework.request import Request

from carriers.contract import IncomingFile
from conversations.cleaning import is_blank
from conversations.outbound import text_too_long
from conversations.widget import Visitor, bad_token, visitor_of
from kernel.errors import invalid, not_found
from kernel.throttle import address_of, require_leave
from tenants.models import Tenant

_SCHEME = "Widget "


def shop_of(request: Request) -> Tenant:
    """The shop whose host was asked; these doors are not at the desk's host."""
    tenant: Tenant | None = getattr(request._request, "tenant", None)
    if tenant is None:
        raise not_found()
    return tenant


def visitor_at(request: Request) -> tuple[Tenant, Visitor]:
    """The shop, and the visitor whose token came with the request; bad_token 401."""
    tenant = shop_of(request)
    header = request.headers.get("Authorization", "")
    if not header.startswith(_SCHEME):
        raise bad_token()
    return tenant, visitor_of(tenant, header[len(_SCHEME) :].strip())


def require_rate(request: Request, tenant: Tenant, what: str, who: str = "") -> None:
    """One more knock of this token, or of this address on the net; and of anybody, where the shop's door has a rate."""
    require_leave(tenant.id, what, who or address_of(request.META))
    if not who and f"{what}_shop" in settings.RATES_PER_MINUTE:
        require_leave(tenant.id, f"{what}_shop", "everybody")


def files_of(request: Request) -> tuple[IncomingFile, ...]:
    """Uploads named ``files``; one over the limit is read no further than to be refused by its size."""
    most = settings.ATTACHMENT_MAX_BYTES + 1
    uploads = [*request.FILES.getlist("files"), *request.FILES.getlist("files[]")]
    if uploads:
        require_rate(request, shop_of(request), "upload")
    return tuple(
        IncomingFile(name=upload.name or "file", content_type=upload.content_type or "", content=upload.read(most))
        for upload in uploads
    )


def require_said(text: str, files: Iterable[IncomingFile]) -> None:
    """Something to take in, and not too much of it."""
    if is_blank(text) and not any(True for _ in files):
        raise invalid("There is nothing to send; write something first.", text="Empty.")
    if len(text) > settings.MESSAGE_MAX_CHARS:
        raise text_too_long()
