"""Keys with which a client's programs read their portal: shown once, kept as a hash, no further than their maker."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.views import APIView

from kernel import clock
from kernel.errors import invalid, not_found
from people.access import audit
from people.models import ApiKey, Person
from tenants.models import Tenant

SCHEME = "Key "
DAYS_MAX = 366
_PREFIX = "ck_"


class ReadByKeys(APIView):
    """Views that a key opens too; at every other it is nobody."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [KeyAuthentication(), *super().get_authenticators()]


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Key ck_…`` at the key's own shop; unknown, old, revoked and other shops' keys fail alike."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(SCHEME):
            return None
        tenant: Tenant | None = getattr(request._request, "tenant", None)
        found = _in_force(header[len(SCHEME) :].strip(), tenant)
        if found is None:
            raise AuthenticationFailed
        return found.person, found

    def authenticate_header(self, request: Request) -> str:
        return "Key"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "``Key ck_…``; reads only."}


def make_key(
    *, person: Person, tenant: Tenant, name: str, days: int = 90, by: Person | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is not kept; the caller has checked that the person is the shop's client.

    by: who makes it for them, if not they themselves.
    """
    if not name.strip() or not 1 <= days <= DAYS_MAX:
        raise invalid(f"A key needs a name, and lasts 1 to {DAYS_MAX} days.", name="Say what it is for.")
    token = f"{_PREFIX}{secrets.token_urlsafe(32)}"
    now = clock.now()
    with transaction.atomic():
        key = ApiKey.objects.create(
            tenant=tenant, person=person, name=name.strip(), token_hash=_hash(token), made_at=now,
            valid_until=now + timedelta(days=days),
        )  # fmt: skip
        audit(by or person, "api_key.made", tenant=tenant, object_id=key.id, days=days, acts_for=str(person.pk))
    return key, token


def keys_of(tenant: Tenant) -> list[ApiKey]:
    """The shop's keys that were not revoked, newest first."""
    rows = ApiKey.objects.filter(tenant=tenant, revoked_at=None).select_related("person")
    return list(rows.order_by("-made_at"))


def revoke_key(*, person: Person, tenant: Tenant, key_id: UUID) -> None:
    """From now on it opens nothing."""
    with transaction.atomic():
        if not ApiKey.objects.filter(pk=key_id, tenant=tenant, revoked_at=None).update(revoked_at=clock.now()):
            raise not_found()
        audit(person, "api_key.revoked", tenant=tenant, object_id=key_id)


def key_by_id(key_id: UUID, tenant: Tenant) -> ApiKey | None:
    """The shop's key, with its maker, if it is in force."""
    return _rows_in_force(tenant).filter(pk=key_id).first()


def _in_force(token: str, tenant: Tenant | None) -> ApiKey | None:
    return _rows_in_force(tenant).filter(token_hash=_hash(token)).first() if tenant is not None else None


def _rows_in_force(tenant: Tenant) -> QuerySet[ApiKey]:
    rows = ApiKey.objects.filter(tenant=tenant, revoked_at=None, valid_until__gt=clock.now(), person__is_active=True)
    return rows.select_related("person")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
