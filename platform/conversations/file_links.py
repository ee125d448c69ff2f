"""Links to files at their own host: sealed, minutes long, for one file, one shop and one viewer.

A link only says who asked for it. Whether they still may is looked up when it is opened: a grant that was withdrawn, a
session that ended, a person who left and a suspended shop end it at once. Whatever is wrong, the answer is the one for
a file that does not exist.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Literal
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from conversations import reading
from conversations.models import Attachment
from conversations.widget import Visitor, conversations_of
from kernel import clock
from kernel.access import CLIENT, STAFF
from kernel.errors import not_found
from kernel.links import files_origin
from kernel.tenancy import TenantRow, enter
from people.access import enter_client, roles_of
from people.api_keys import key_by_id
from people.models import ApiKey, Person
from tenants.models import Line, Tenant

_TOKEN_MAX = 1000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asked for a link.

    who: a person's id, or a shopper's address on the widget. proof: their session's key, the id of the key that a
    client's program has, or the shopper's line.
    """

    kind: Literal["staff", "client", "program", "shopper"]
    who: str
    proof: str


def staff_viewer(request: Request) -> Viewer:
    return Viewer("staff", str(request.user.pk), _session_of(request))


def client_viewer(request: Request) -> Viewer:
    if isinstance(request.auth, ApiKey):
        return Viewer("program", str(request.user.pk), str(request.auth.pk))
    return Viewer("client", str(request.user.pk), _session_of(request))


def shopper_viewer(visitor: Visitor) -> Viewer:
    return Viewer("shopper", visitor.address, str(visitor.line_id))


def links_for(tenant: TenantRow, viewer: Viewer) -> reading.FileLink:
    """What gives this viewer's link to a file of this shop."""
    return lambda attachment_id: link_to(tenant, attachment_id, viewer)


def link_to(tenant: TenantRow, attachment_id: UUID, viewer: Viewer) -> str:
    """The whole address, good for ``settings.FILE_LINK_SECONDS``."""
    said = json.dumps([tenant.id.hex, attachment_id.hex, viewer.kind, viewer.who, viewer.proof]).encode()
    token = _seal(settings.SECRET_KEY).encrypt_at_time(said, _now()).decode().rstrip("=")
    return f"{files_origin()}/f/{token}"


def open_link(token: str) -> tuple[Tenant, Viewer, Attachment]:
    """The file that a link names, if whoever asked for it may still see it; not_found (404) for everything else."""
    tenant_id, attachment_id, viewer = _unsealed(token)
    tenant = Tenant.objects.filter(pk=tenant_id, status=Tenant.Status.ACTIVE).first()
    if tenant is None:
        raise not_found()
    match viewer.kind:
        case "staff":
            person = _signed_in(viewer)
            if not roles_of(person, None) & set(STAFF):
                raise not_found()
            with enter_client(person, tenant.id):
                return tenant, viewer, reading.attachment(attachment_id)
        case "client" | "program":
            person = _signed_in(viewer) if viewer.kind == "client" else _maker_of_key(tenant, viewer)
            if not roles_of(person, tenant) & set(CLIENT):
                raise not_found()
            with enter(tenant):
                return tenant, viewer, reading.shown_attachment(attachment_id)
        case "shopper":
            return tenant, viewer, _shoppers(tenant, viewer, attachment_id)
    raise not_found()


def _shoppers(tenant: Tenant, viewer: Viewer, attachment_id: UUID) -> Attachment:
    visitor = Visitor(UUID(viewer.proof), viewer.who)
    if not Line.objects.filter(pk=visitor.line_id, tenant=tenant, is_active=True).exists():
        raise not_found()
    with enter(tenant):
        return reading.shown_attachment(attachment_id, within=conversations_of(visitor))


def _signed_in(viewer: Viewer) -> Person:
    """Whose session it is, if it still is one: not ended, not of before a change of password, not of the suspended."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(viewer.proof)
    person = get_user(request)
    if not isinstance(person, Person) or not person.is_active or str(person.pk) != viewer.who:
        raise not_found()
    return person


def _maker_of_key(tenant: Tenant, viewer: Viewer) -> Person:
    key = key_by_id(UUID(viewer.proof), tenant)
    if key is None or str(key.person_id) != viewer.who:
        raise not_found()
    return key.person


def _unsealed(token: str) -> tuple[UUID, UUID, Viewer]:
    if not token.isascii() or len(token) > _TOKEN_MAX:
        raise not_found()
    sealed = token + "=" * (-len(token) % 4)
    try:
        said = _seal(settings.SECRET_KEY).decrypt_at_time(sealed, settings.FILE_LINK_SECONDS, _now())
    except InvalidToken:
        raise not_found() from None
    tenant, attachment, kind, who, proof = json.loads(said)
    return UUID(tenant), UUID(attachment), Viewer(kind, who, proof)


def _session_of(request: Request) -> str:
    return request._request.session.session_key or ""


@lru_cache(maxsize=2)
def _seal(secret: str) -> Fernet:
    """Sealed, not only signed: a session's key must not stand in an address."""
    key = salted_hmac("conversations.file_links", "seal", secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _now() -> int:
    return int(clock.now().timestamp())
