"""The portal's keys for the client's own programs: listed, made, revoked."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.access import client
from people.api_keys import DAYS_MAX, keys_of, make_key, revoke_key
from people.models import ApiKey, Person
from tenants.models import Tenant


class KeyHead(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    made_by = s.CharField()
    made_at = s.DateTimeField()
    valid_until = s.DateTimeField()


class NewKey(s.Serializer[Any]):
    name = s.CharField(max_length=60)
    days = s.IntegerField(min_value=1, max_value=DAYS_MAX, default=90)


class MadeKey(KeyHead):
    key = s.CharField(help_text="Shown this once; it is not kept.")


class KeysView(APIView):
    access = client("client", opens="api_key")

    @extend_schema(operation_id="portal_list_keys", responses=KeyHead(many=True))
    def get(self, request: Request) -> Response:
        return Response([show_key(key) for key in keys_of(_tenant(request))])

    @extend_schema(operation_id="portal_make_key", request=NewKey, responses={201: MadeKey})
    def post(self, request: Request) -> Response:
        asked = NewKey(data=request.data)
        asked.is_valid(raise_exception=True)
        key, text = make_key(person=cast(Person, request.user), tenant=_tenant(request), **asked.validated_data)
        return Response({**show_key(key), "key": text}, status=201)


class KeyView(APIView):
    access = client("client", opens="api_key")

    @extend_schema(operation_id="portal_revoke_key", responses={204: None})
    def delete(self, request: Request, key: UUID) -> Response:
        revoke_key(person=cast(Person, request.user), tenant=_tenant(request), key_id=key)
        return Response(status=204)


def show_key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "made_by": key.person.name,
        "made_at": key.made_at,
        "valid_until": key.valid_until,
    }


def _tenant(request: Request) -> Tenant:
    return cast(Tenant, request._request.tenant)  # type: ignore[attr-defined]
